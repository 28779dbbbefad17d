//! Questions that are answered together: what has come while those before were answered goes to a
//! blocking thread as one, which costs one change of thread for many requests instead of one each.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use super::Problem;
use crate::limits::{ANSWERED_TOGETHER_MAX, REQUESTS_MAX};

/// A question and whoever waits for the answer.
pub(crate) type Asked<Q, A> = (Q, oneshot::Sender<A>);

/// Where requests of one kind wait to be answered.
pub(crate) struct Together<Q, A>(mpsc::Sender<Asked<Q, A>>);

impl<Q: Send + 'static, A: Send + 'static> Together<Q, A> {
    /// A place to ask at, and the task behind it, which ends when the place is gone.
    pub(crate) fn new(answer: impl Fn(Vec<Asked<Q, A>>) + Send + Sync + 'static) -> Self {
        let (sender, mut asked) = mpsc::channel(REQUESTS_MAX);
        let answer = Arc::new(answer);
        tokio::spawn(async move {
            let mut together = Vec::new();
            while asked.recv_many(&mut together, ANSWERED_TOGETHER_MAX).await > 0 {
                let (questions, answer) = (std::mem::take(&mut together), answer.clone());
                let done = tokio::task::spawn_blocking(move || answer(questions)).await;
                if let Err(e) = done {
                    tracing::error!(
                        "questions stay without an answer by an error in this program: {e}"
                    );
                }
            }
        });
        Self(sender)
    }

    /// Asks, and waits for the answer.
    ///
    /// # Errors
    /// Whoever answers has failed.
    pub(crate) async fn ask(&self, question: Q) -> Result<A, Problem> {
        let (told, tell) = oneshot::channel();
        // Without anybody behind it there is no answer below either.
        let _nobody = self.0.send((question, told)).await;
        tell.await.map_err(|_| Problem::internal(&"the answer failed; the log has the reason"))
    }
}
