//! Parts of a request, read as the framework reads them, and refused as everything here is: with a
//! problem document.

use axum::{
    extract::{FromRequestParts, path, rejection},
    http::request::Parts,
};
use serde::de::DeserializeOwned;

use super::Problem;

/// The parameters in a path.
pub(super) struct Path<T>(pub(super) T);

/// The query of a request.
pub(super) struct Query<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let read = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        read.map(|axum::extract::Path(value)| Self(value)).map_err(|e| match e {
            rejection::PathRejection::FailedToDeserializePathParams(e) => match e.kind() {
                path::ErrorKind::Message(why) => Problem::bad_query(why),
                _ => Problem::bad_query(e.body_text()),
            },
            other => Problem::internal(&other),
        })
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let read = axum::extract::Query::<T>::from_request_parts(parts, state).await;
        read.map(|axum::extract::Query(value)| Self(value))
            .map_err(|e| Problem::bad_query(e.body_text()))
    }
}
