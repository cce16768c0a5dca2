//! Writes that share a commit, and what becomes of each.

use super::DatabaseError;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::oneshot;

type Outcome<T> = Result<T, DatabaseError>;

/// A change that somebody waits for.
pub(super) trait Write: Send {
    /// Makes the change and keeps its outcome to itself.
    fn make(&mut self, transaction: &Transaction) -> rusqlite::Result<()>;

    /// Tells who waits: the outcome when it is on disk, else why not.
    fn acknowledge(self: Box<Self>, committed: Outcome<()>);
}

struct Change<F, T> {
    change: F,
    /// Says that the store is closed until the change is made.
    outcome: Outcome<T>,
    done: oneshot::Sender<Outcome<T>>,
}

impl<F, T> Write for Change<F, T>
where
    F: Fn(&Transaction) -> rusqlite::Result<T> + Send,
    T: Send,
{
    fn make(&mut self, transaction: &Transaction) -> rusqlite::Result<()> {
        self.outcome = Ok((self.change)(transaction)?);
        Ok(())
    }

    fn acknowledge(self: Box<Self>, committed: Outcome<()>) {
        // Nobody waits for the answer of a request that was cancelled.
        let _ = self.done.send(committed.and(self.outcome));
    }
}

/// A write that makes `change`, and where its outcome arrives.
pub(super) fn write<T: Send + 'static>(
    change: impl Fn(&Transaction) -> rusqlite::Result<T> + Send + 'static,
) -> (Box<dyn Write>, oneshot::Receiver<Outcome<T>>) {
    let (done, outcome) = oneshot::channel();
    (Box::new(Change { change, outcome: Err(DatabaseError::Closed), done }), outcome)
}

/// Makes all changes of `batch`, or none.
pub(super) fn commit(connection: &mut Connection, batch: &mut [Box<dyn Write>]) -> rusqlite::Result<()> {
    // From the start, since a swap reads first: SQLite does not let a transaction write that began with a read when
    // another process has written since.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for write in batch {
        write.make(&transaction)?;
    }
    transaction.commit()
}
