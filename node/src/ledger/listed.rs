//! Lists of subjects: which of them stand under another one, for instance drawdowns under a line.
//!
//! A subject that was listed once stays so. No rule reads these lists, no root holds them: whether
//! one is complete can be told from the record of the subject that it is kept under.

use countersign_contracts::world::SubjectKey;

use super::{Ledger, LedgerFault, columns, columns::Column, store::Writes};

impl Ledger {
    /// Adds a subject to the lists of others of its family.
    pub(super) fn put_listed(
        &self,
        write: &mut Writes,
        key: &SubjectKey,
        groups: &[String],
    ) -> Result<(), LedgerFault> {
        for group in groups {
            let group = SubjectKey::new(key.family, group.as_str());
            write.put(Column::Listed, columns::listed(&group, key), []);
        }
        Ok(())
    }

    /// The subjects that are listed under another one, in order of their names, after a subject.
    ///
    /// # Errors
    /// The store could not answer.
    pub fn listed(
        &self,
        group: &SubjectKey,
        after: Option<&SubjectKey>,
        most: usize,
    ) -> Result<Vec<SubjectKey>, LedgerFault> {
        let prefix = columns::subject(group);
        let after = after.map(|key| columns::listed(group, key));
        let from = after.as_ref().unwrap_or(&prefix);
        self.scan(Column::Listed, &prefix, from)?
            .filter(|item| item.as_ref().map_or(true, |(k, _)| Some(&k[..]) != after.as_deref()))
            .take(most)
            .map(|item| columns::read_subject(&item?.0[prefix.len()..]))
            .collect()
    }
}
