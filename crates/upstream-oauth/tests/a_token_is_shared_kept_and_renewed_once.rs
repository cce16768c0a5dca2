mod support;

use futures::future::{join, join_all};
use mcp_client::Clock;
use scripted_upstream::{Answer, run};
use serde_json::json;
use support::{EPOCH_MS, Scene, configuration, credentials, direct, pages};
use upstream_oauth::{CachedToken, Problem};

/// An authorization server that numbers its tokens, each good for a minute, and needs 100 ms for one.
fn numbered() -> Scene {
    let mut number = 0;
    Scene::new(direct(), move |_| {
        number += 1;
        let answer = json!({"access_token": format!("token-{number}"), "token_type": "Bearer", "expires_in": 60});
        Answer::json(200, &answer).after(100)
    })
}

/// One that gives the first token, and then fails.
fn failing(answer: Answer) -> Scene {
    let mut answers = vec![answer.clone(), support::token("token-1")];
    Scene::new(direct(), move |_| answers.pop().unwrap_or_else(|| answer.clone()))
}

fn requests(scene: &Scene) -> usize {
    scene.web.received().len()
}

#[test]
fn those_who_want_it_at_the_same_time_ask_once() {
    let scene = numbered();
    let tokens = run(&scene.clock, join_all((0..20).map(|_| scene.tokens.token())));
    assert!(tokens.iter().all(|token| token.as_deref() == Ok("token-1")), "{tokens:?}");
    assert_eq!(requests(&scene), 1);
}

#[test]
fn discovery_is_shared_as_well() {
    let slow = pages().into_iter().map(|(url, answer)| (url, answer.after(50))).collect();
    let scene = Scene::with_pages(configuration(credentials()), slow);
    run(&scene.clock, join_all((0..20).map(|_| scene.tokens.token())));
    assert_eq!(requests(&scene), 3);
}

#[test]
fn one_who_gives_up_leaves_it_to_another() {
    let scene = numbered();
    let impatient = async {
        let timer = Box::pin(scene.clock.sleep(std::time::Duration::from_millis(50)));
        futures::future::select(Box::pin(scene.tokens.token()), timer).await;
    };
    let (_, token) = run(&scene.clock, join(impatient, scene.tokens.token()));
    assert_eq!(token, Ok("token-2".to_string()));
}

#[test]
fn it_is_used_until_ten_seconds_before_it_expires() {
    let scene = numbered();
    scene.token().expect("a token");
    // The 100 ms that the token was on the way are gone.
    scene.clock.advance(49_899);
    assert_eq!(scene.token(), Ok("token-1".to_string()));
    scene.clock.advance(1);
    assert_eq!(scene.token(), Ok("token-2".to_string()));
    assert_eq!(requests(&scene), 2);
}

#[test]
fn those_who_were_refused_at_the_same_time_renew_it_once() {
    let scene = numbered();
    scene.token().expect("a token");
    let tokens = run(&scene.clock, join_all((0..20).map(|_| scene.renewal_after("token-1"))));
    assert!(tokens.iter().all(|token| token.as_deref() == Ok("token-2")), "{tokens:?}");
    assert_eq!(scene.renew_after("token-1"), Ok("token-2".to_string()), "who comes late takes what replaced it");
    assert_eq!(scene.token(), Ok("token-2".to_string()));
    assert_eq!(requests(&scene), 2);
}

#[test]
fn one_that_replaced_another_just_now_is_not_replaced() {
    let scene = numbered();
    scene.token().expect("a token");
    scene.renew_after("token-1").expect("a token");
    for _ in 0..3 {
        let error = scene.renew_after("token-2").expect_err("refused again");
        assert_eq!(*error.problem, Problem::RefusedAgain);
        assert!(error.to_string().starts_with("The server at https://mcp.example.com refused its token"), "{error}");
    }
    assert_eq!((scene.token(), requests(&scene)), (Ok("token-2".to_string()), 2));
    scene.clock.advance(5_000);
    assert_eq!(scene.renew_after("token-2"), Ok("token-3".to_string()));
}

#[test]
fn unless_it_was_accepted_before() {
    let scene = numbered();
    scene.token().expect("a token");
    scene.renew_after("token-1").expect("a token");
    scene.tokens.note_accepted("token-1");
    scene.renew_after("token-2").expect_err("an answer to the old one, which came late, says nothing");
    scene.tokens.note_accepted("token-2");
    assert_eq!(scene.renew_after("token-2"), Ok("token-3".to_string()));
    scene.renew_after("token-3").expect_err("not accepted yet");
    assert_eq!(requests(&scene), 3);
}

#[test]
fn nor_is_one_of_another_instance_that_came_after_it() {
    let scene = numbered();
    scene.token().expect("a token");
    scene.renew_after("token-1").expect("a token");
    scene.tokens.restore(CachedToken { access_token: "other".to_string(), expires_at_unix_ms: EPOCH_MS + 60_000 });
    let error = scene.renew_after("other").expect_err("no token is good for the server");
    assert_eq!((&*error.problem, requests(&scene)), (&Problem::RefusedAgain, 2));
}

#[test]
fn a_refused_token_is_not_used_again_when_there_is_no_other() {
    let scene = failing(Answer::status(503));
    scene.token().expect("a token");
    scene.renew_after("token-1").expect_err("no other");
    scene.token().expect_err("no token");
    assert_eq!(scene.tokens.cached(), None);
}

#[test]
fn a_failure_is_answered_from_memory_for_five_seconds() {
    let scene = Scene::new(direct(), |_| Answer::hangs());
    let first = scene.token().expect_err("no token");
    let after_ms = scene.clock.monotonic_ms();
    scene.clock.advance(4_999);
    let later = run(&scene.clock, join_all((0..20).map(|_| scene.tokens.token())));
    assert!(later.iter().all(|token| token.as_ref() == Err(&first)), "{later:?}");
    assert_eq!((requests(&scene), scene.clock.monotonic_ms()), (1, after_ms + 4_999));
    scene.clock.advance(1);
    scene.token().expect_err("no token");
    assert_eq!(requests(&scene), 2);
}

#[test]
fn while_the_authorization_server_fails_the_token_is_used_to_its_end() {
    let scene = failing(Answer::status(503));
    scene.token().expect("a token");
    scene.clock.advance(3_590_000);
    for _ in 0..3 {
        assert_eq!(scene.token(), Ok("token-1".to_string()));
    }
    assert_eq!(requests(&scene), 2, "one attempt, then the memory of it");
    scene.clock.advance(10_000);
    scene.token().expect_err("expired");
}

#[test]
fn another_instance_can_use_it() {
    let first = numbered();
    first.token().expect("a token");
    let cached = first.tokens.cached().expect("a token");
    assert_eq!(cached, CachedToken { access_token: "token-1".to_string(), expires_at_unix_ms: EPOCH_MS + 60_000 });
    let stored = serde_json::to_string(&cached).expect("JSON");

    let second = numbered();
    second.tokens.restore(serde_json::from_str(&stored).expect("a token"));
    assert_eq!((second.token(), requests(&second)), (Ok("token-1".to_string()), 0));
    assert_eq!((second.renew_after("token-1"), requests(&second)), (Ok("token-1".to_string()), 1));

    let third = numbered();
    third.tokens.restore(CachedToken { access_token: "old".to_string(), expires_at_unix_ms: EPOCH_MS + 10_000 });
    assert_eq!((third.token(), requests(&third)), (Ok("token-1".to_string()), 1));
}

#[test]
fn a_token_restored_meanwhile_is_taken_instead_of_a_new_one() {
    let scene = numbered();
    scene.token().expect("a token");
    scene.tokens.restore(CachedToken { access_token: "newer".to_string(), expires_at_unix_ms: EPOCH_MS + 60_000 });
    assert_eq!((scene.renew_after("token-1"), requests(&scene)), (Ok("newer".to_string()), 1));
}
