use super::Attempt;
use crate::{client::Client, clock::Clock, deadlines::Deadline, error::Error, transport::Transport};

impl<T: Transport, C: Clock> Client<T, C> {
    /// Whether the server takes an `initialize` that is as it should be, whatever era its connection is of. A session
    /// that begins so ends at once, and the connection stays as it is.
    pub async fn takes_initialize(&self) -> Result<bool, Error> {
        match self.limited(Deadline::Handshake, self.initialize()).await? {
            Attempt::Connected(connection) => {
                self.end_session_of(&connection).await;
                Ok(true)
            }
            Attempt::Refused(_) => Ok(false),
        }
    }
}
