use crate::connection::Connection;
use futures::future::LocalBoxFuture;
use std::rc::Rc;

/// Clients elsewhere that use the same connection: one of them makes another where the server has refused it.
pub trait Sharing {
    /// The connection that somebody else has made in place of a refused one; waits where somebody is making one.
    /// `None`: it is to be made here, and [`made`](Self::made) follows, unless the client is given up.
    fn made_elsewhere(&self, refused: Rc<Connection>) -> LocalBoxFuture<'_, Option<Connection>>;

    /// A connection was made here in place of a refused one; `None`: it could not be.
    fn made(&self, connection: Option<Rc<Connection>>) -> LocalBoxFuture<'_, ()>;
}
