use crate::app::{App, answering};
use crate::exchange::status;
use bobbin::runtime::MemoryLimit;
use bobbin::{Host, InstanceSettings};
use wasmtime::ResourceLimiter;

#[test]
fn all_memories_of_an_instance_count_together() {
    let mut limit = MemoryLimit::new(100);
    assert!(limit.memory_growing(0, 60, None).expect("a first memory"));
    assert!(!limit.memory_growing(0, 60, None).expect("a second memory"));
    assert!(limit.memory_growing(0, 40, None).expect("a smaller second memory"));
    assert!(!limit.memory_growing(60, 61, None).expect("growth of the first"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_beyond_its_memory_answers_500() {
    let app = App::serving(&answering(), "");
    let settings = InstanceSettings { max_memory_bytes: 1024, ..Default::default() };
    let host = Host::builder(app.manifest()).instances(settings).start().await.expect("a host");
    assert_eq!(status(host.address()).await, 500);
}
