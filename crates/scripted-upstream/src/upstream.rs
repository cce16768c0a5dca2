use crate::{Answer, Received, Step, VirtualClock};
use bytes::Bytes;
use futures::{
    StreamExt,
    stream::{self, LocalBoxStream},
};
use mcp_client::{Clock, Transport, TransportError};
use std::{
    cell::{Cell, RefCell},
    future::pending,
    rc::Rc,
    time::Duration,
};

type Script = Box<dyn FnMut(&Received) -> Answer>;

/// A server that answers by a script, and the transport that leads to it.
#[derive(Clone)]
pub struct Upstream {
    clock: VirtualClock,
    script: Rc<RefCell<Script>>,
    received: Rc<RefCell<Vec<Received>>>,
    open: Rc<Cell<usize>>,
    finished: Rc<Cell<usize>>,
}

impl Upstream {
    /// A server that answers each request by the function.
    pub fn new(clock: &VirtualClock, script: impl FnMut(&Received) -> Answer + 'static) -> Self {
        Self {
            clock: clock.clone(),
            script: Rc::new(RefCell::new(Box::new(script))),
            received: Rc::default(),
            open: Rc::default(),
            finished: Rc::default(),
        }
    }

    /// Every request so far.
    pub fn received(&self) -> Vec<Received> {
        self.received.borrow().clone()
    }

    /// The JSON-RPC methods of every POST so far, in order; a response that was posted is an empty one.
    pub fn methods(&self) -> Vec<String> {
        self.received.borrow().iter().map(|received| received.method().to_string()).collect()
    }

    /// Bodies whose rest nobody needed.
    pub fn finished(&self) -> usize {
        self.finished.get()
    }

    /// Requests that were sent and whose responses are neither complete nor given up.
    pub fn open(&self) -> usize {
        self.open.get()
    }
}

impl Transport for Upstream {
    type Body = LocalBoxStream<'static, Result<Bytes, TransportError>>;

    async fn send(
        &self,
        request: http::Request<Bytes>,
        connect_timeout: Duration,
    ) -> Result<http::Response<Self::Body>, TransportError> {
        let exchange = Exchange::open(&self.open);
        let received = Received::new(&request, self.clock.monotonic_ms());
        let answer = (self.script.borrow_mut())(&received);
        self.received.borrow_mut().push(received);
        match answer.delay {
            Some(Duration::MAX) => pending::<()>().await,
            Some(delay) => self.clock.sleep(delay).await,
            None => {}
        }
        let (status, headers) = match answer.head {
            Ok(head) => head,
            Err(TransportError::ConnectTimeout) => {
                self.clock.sleep(connect_timeout).await;
                return Err(TransportError::ConnectTimeout);
            }
            Err(error) => return Err(error),
        };
        let mut response = http::Response::new(body(self.clock.clone(), answer.body, exchange));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Ok(response)
    }

    fn finish(&self, _body: Self::Body) {
        self.finished.set(self.finished.get() + 1);
    }
}

fn body(
    clock: VirtualClock,
    steps: Vec<Step>,
    exchange: Exchange,
) -> LocalBoxStream<'static, Result<Bytes, TransportError>> {
    stream::unfold((steps.into_iter(), clock, exchange), async |(mut steps, clock, exchange)| {
        loop {
            let chunk = match steps.next()? {
                Step::Bytes(bytes) => Ok(bytes),
                Step::Break => Err(TransportError::Broken("reset by the script".to_string())),
                Step::Hang => pending().await,
                Step::Wait(ms) => {
                    clock.sleep(Duration::from_millis(ms)).await;
                    continue;
                }
            };
            return Some((chunk, (steps, clock, exchange)));
        }
    })
    .boxed_local()
}

/// Counts as open until it is dropped.
struct Exchange(Rc<Cell<usize>>);

impl Exchange {
    fn open(count: &Rc<Cell<usize>>) -> Self {
        count.set(count.get() + 1);
        Self(count.clone())
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}
