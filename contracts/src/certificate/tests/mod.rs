//! The rules of this family as tables, and what must hold whatever the parties send.
