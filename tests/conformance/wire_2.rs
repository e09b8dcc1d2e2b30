//! Wire version 2: what a server does that takes `resume` or `binary`.

use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message;

use crate::call::{Visitor, head};
use crate::socket::Got;
use crate::{Held, Problem, Target, failed, hold};

/// A moment, for what is on its way.
const MOMENT: Duration = Duration::from_millis(500);

/// While something arrives, it is acknowledged so often.
const ACK_EVERY: Duration = Duration::from_secs(1);

pub(crate) async fn who_offers_nothing_is_answered_no_features(target: &Target) -> Held {
    let visitor = Visitor::new(target);
    let mut call = visitor.call(&[]).await?;
    let members = ["features", "resume"];
    hold(
        members.iter().all(|m| call.started.get(m).is_none()),
        || format!("version 1 was asked for: {}", call.started),
    )?;
    call.stop().await?;
    visitor.release().await.map(drop)
}

pub(crate) async fn only_what_was_offered_is_answered(target: &Target) -> Held {
    let visitor = Visitor::new(target);
    for offered in [
        &["resume"][..],
        &["binary"],
        &["from_the_future", "binary", "resume"],
        &["opus"],
    ] {
        let mut call = visitor.call(offered).await?;
        let answered = call.started["features"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let known = ["resume", "binary", "opus"];
        let is_known = |f: &serde_json::Value| known.iter().any(|k| f == k && offered.contains(k));
        hold(answered.iter().all(is_known), || {
            format!("{offered:?} was answered with {answered:?}")
        })?;
        let resume = &call.started["resume"];
        hold(resume.is_object() == call.resumes, || {
            format!(
                "the member resume does not go with the feature: {}",
                call.started
            )
        })?;
        if call.resumes {
            hold(
                call.token.len() >= 22 && resume["graceMs"].as_u64() > Some(0),
                || "no token of 128 bits, or no graceMs".to_owned(),
            )?;
        }
        call.stop().await?;
        visitor.release().await?;
    }
    Ok(())
}

pub(crate) async fn binary_frames_have_their_head(target: &Target) -> Held {
    let visitor = Visitor::new(target);
    let mut call = visitor.call(&["binary"]).await?;
    if !call.binary {
        return Err(Problem::Skipped(
            "the server does not take \"binary\"".to_owned(),
        ));
    }
    for value in 1..20 {
        call.speak(value).await;
    }
    let until = Instant::now() + MOMENT;
    while let Some(got) = call
        .socket
        .within(until.saturating_duration_since(Instant::now()))
        .await
    {
        if let Got::Binary(bytes) = got {
            let (number, _) = crate::call::read_binary(&bytes)?;
            hold(number == 0, || {
                format!("the number is {number} without \"resume\"")
            })?;
        }
    }
    call.stop().await?;
    visitor.release().await.map(drop)
}

pub(crate) async fn opus_is_taken_and_answered_in_whole_packets(target: &Target) -> Held {
    let visitor = Visitor::new(target);
    let mut call = visitor.call(&["opus"]).await?;
    let taken = call.started["features"].as_array();
    if !taken.is_some_and(|features| features.iter().any(|feature| feature == "opus")) {
        return Err(Problem::Skipped(
            "the server does not take \"opus\"".to_owned(),
        ));
    }
    for _ in 0..20 {
        // Three packets with nothing in them: a header, and a frame of length 0.
        let packets = [0, 1, 0xd8].repeat(3);
        let frame = head(2, 0).into_iter().chain(packets);
        call.socket
            .send(Message::binary(frame.collect::<Vec<_>>()))
            .await;
    }
    let until = Instant::now() + MOMENT;
    while let Some(got) = call
        .socket
        .within(until.saturating_duration_since(Instant::now()))
        .await
    {
        match got {
            Got::Binary(bytes) if bytes.first() == Some(&2) => {
                hold(are_packets(bytes.get(5..).unwrap_or_default()), || {
                    format!("no one to six packets, each after its length: {bytes:?}")
                })?;
            }
            Got::Binary(bytes) => drop(crate::call::read_binary(&bytes)?),
            Got::Closed(code) => return failed(format!("closed with {code}")),
            _ => {}
        }
    }
    call.stop().await?;
    visitor.release().await.map(drop)
}

fn are_packets(mut bytes: &[u8]) -> bool {
    let mut packets = 0;
    while let Some((&length, after)) = bytes.split_first_chunk::<2>() {
        let length = usize::from(u16::from_be_bytes(length));
        let Some(after) = after.get(length..).filter(|_| length > 0) else {
            return false;
        };
        packets += 1;
        bytes = after;
    }
    bytes.is_empty() && (1..=6).contains(&packets)
}

pub(crate) async fn what_arrives_is_acknowledged(target: &Target) -> Held {
    let visitor = Visitor::new(target);
    let mut call = visitor.resumable().await?;
    call.speak(1).await;
    call.until_acked(ACK_EVERY + target.slack).await?;
    for value in 0..50 {
        call.speak(value).await;
    }
    call.until_acked(target.slack).await?;
    call.stop().await?;
    visitor.release().await.map(drop)
}

pub(crate) async fn a_ping_is_answered_and_nobody_is_silent_for_long(target: &Target) -> Held {
    let visitor = Visitor::new(target);
    let mut call = visitor.resumable().await?;
    call.socket.say(json!({ "type": "ping" })).await;
    loop {
        let got = call.socket.next().await?;
        call.take(&got).await?;
        if got.kind() == "pong" {
            break;
        }
    }
    let until = Instant::now() + 2 * target.quiet;
    while Instant::now() < until {
        let Some(got) = call.socket.within(target.quiet + target.slack).await else {
            return failed(format!(
                "nothing came for {:?}",
                target.quiet + target.slack
            ));
        };
        call.take(&got).await?;
    }
    call.stop().await?;
    visitor.release().await.map(drop)
}

pub(crate) async fn a_lost_line_is_resumed_and_numbers_go_on(target: &Target) -> Held {
    let visitor = Visitor::new(target);
    let mut call = visitor.resumable().await?;
    for round in 0..3 {
        for value in 0..10 {
            call.speak(value).await;
        }
        call.until_acked(ACK_EVERY + target.slack).await?;
        let told = call.resume().await?;
        hold(told == call.sent, || {
            format!("round {round}: {told} of {} frames have arrived", call.sent)
        })?;
    }
    call.listen(MOMENT).await?;
    call.stop().await?;
    visitor.release().await.map(drop)
}

pub(crate) async fn what_was_not_acknowledged_comes_again(target: &Target) -> Held {
    let visitor = Visitor::new(target);
    let mut call = visitor.resumable().await?;
    for value in 0..10 {
        call.speak(value).await;
    }
    call.listen(2 * MOMENT).await?;
    let had = call.received;
    if had == 0 {
        call.stop().await?;
        return Err(Problem::Skipped("the agent has said nothing".to_owned()));
    }
    // As if nothing had come.
    call.received = 0;
    call.resume().await?;
    call.until_received(had).await?;
    call.stop().await?;
    visitor.release().await.map(drop)
}

pub(crate) async fn the_newest_socket_has_the_call(target: &Target) -> Held {
    let visitor = Visitor::new(target);
    let mut call = visitor.resumable().await?;
    let (newest, first) = call.knock(&call.received.to_string()).await?;
    hold(first.kind() == "resumed", || {
        format!("{first:?} in place of \"resumed\"")
    })?;
    let mut old = std::mem::replace(&mut call.socket, newest);
    old.closes_with(4409).await?;
    call.speak(1).await;
    call.stop().await?;
    visitor.release().await.map(drop)
}

pub(crate) async fn unknown_tokens_and_numbers_are_closed_with_4404_and_cost_the_call_nothing(
    target: &Target,
) -> Held {
    let visitor = Visitor::new(target);
    let mut call = visitor.resumable().await?;
    call.speak(1).await;
    for received in ["4294967295", "4294967296", "-1", "many", ""] {
        let (_, got) = call.knock(received).await?;
        hold(got == Got::Closed(4404), || {
            format!("received={received}: {got:?}")
        })?;
    }
    let (_, got) = call
        .knock_with(&target.origin, "resume=nonsense&received=0")
        .await?;
    hold(got == Got::Closed(4404), || {
        format!("an unknown token: {got:?}")
    })?;
    call.listen(MOMENT).await?;
    call.stop().await?;
    visitor.release().await.map(drop)
}

pub(crate) async fn another_origin_resumes_nothing(target: &Target) -> Held {
    let visitor = Visitor::new(target);
    let mut call = visitor.resumable().await?;
    let query = format!("resume={}&received=0", call.token);
    let (_, got) = call.knock_with("https://elsewhere.invalid", &query).await?;
    hold(got == Got::Closed(4403), || {
        format!("{got:?} in place of 4403")
    })?;
    call.resume().await?;
    call.stop().await?;
    visitor.release().await.map(drop)
}

pub(crate) async fn the_place_stays_taken_and_a_release_ends_the_call(target: &Target) -> Held {
    let visitor = Visitor::new(target);
    let mut call = visitor.resumable().await?;
    // Gone without a word: nobody reads this socket from here on.
    let (gone, _) = call
        .knock_with(&target.origin, "resume=nonsense&received=0")
        .await?;
    drop(std::mem::replace(&mut call.socket, gone));
    tokio::time::sleep(MOMENT).await;
    let second = visitor.ask().await?;
    hold(second.status == 409, || {
        format!("a second token while the line is lost: {}", second.status)
    })?;
    // The loss may not have been noticed yet; then the release came in a call, and ends nothing.
    let mut got = Got::Lost;
    for _ in 0..5 {
        visitor.release().await?;
        let (socket, first) = call.knock(&call.received.to_string()).await?;
        drop(socket);
        got = first;
        if got == Got::Closed(4404) {
            break;
        }
        tokio::time::sleep(target.slack).await;
    }
    hold(got == Got::Closed(4404), || {
        format!("after the release: {got:?}")
    })?;
    visitor.token().await?;
    visitor.release().await.map(drop)
}

pub(crate) async fn hostile_numbers_end_nothing(target: &Target) -> Held {
    let visitor = Visitor::new(target);
    let mut call = visitor.resumable().await?;
    for number in [
        json!(0),
        json!(-1),
        json!(1.5),
        json!("1"),
        json!(null),
        json!(4_294_967_296_u64),
    ] {
        call.socket
            .say(json!({ "type": "audio", "data": "AAA=", "n": number }))
            .await;
        call.socket.say(json!({ "type": "ack", "n": number })).await;
    }
    call.socket
        .say(json!({ "type": "ack", "n": 4_294_967_295_u32 }))
        .await;
    call.socket
        .say(json!({ "type": "late", "ms": "long" }))
        .await;
    for bytes in [vec![], vec![1], head(1, 0), head(1, 1), head(9, 1)] {
        call.socket.send(Message::binary(bytes)).await;
    }
    call.sent = 1;
    // Of a number that was there, and after a gap.
    call.say_again(1, 1).await;
    call.sent += 5;
    call.speak(1).await;
    call.until_acked(ACK_EVERY + target.slack).await?;
    let told = call.resume().await?;
    hold(told == call.sent, || {
        format!("{told} in place of {}", call.sent)
    })?;
    call.stop().await?;
    visitor.release().await.map(drop)
}

pub(crate) async fn after_stop_nothing_is_resumed(target: &Target) -> Held {
    let visitor = Visitor::new(target);
    let mut call = visitor.resumable().await?;
    call.stop().await?;
    let (_, got) = call.knock("0").await?;
    hold(got == Got::Closed(4404), || format!("after stop: {got:?}"))?;
    visitor.release().await.map(drop)
}

pub(crate) async fn nothing_is_missing_and_nothing_comes_twice_where_all_comes_back(
    target: &Target,
) -> Held {
    if !target.echoes {
        return Err(Problem::Skipped(
            "only with --echoes it can be seen".to_owned(),
        ));
    }
    let visitor = Visitor::new(target);
    let mut call = visitor.resumable().await?;
    let mut heard = Vec::new();
    for round in 0..5_i16 {
        for value in 1..=20 {
            call.speak(20 * round + value).await;
        }
        // Less each time; in the last rounds the line goes while all is on its way.
        heard.extend(
            call.listen(MOMENT / (1 + 2 * round.unsigned_abs()).into())
                .await?,
        );
        let told = call.resume().await?;
        for number in told + 1..=call.sent {
            let value = i16::try_from(number).unwrap_or_default();
            call.say_again(number, value).await;
        }
        // Once more, though it has arrived.
        call.say_again(1, 1).await;
    }
    heard.extend(call.until_received(100).await?);
    let whole: Vec<i16> = (1..=100).collect();
    hold(heard == whole, || format!("heard was {heard:?}"))?;
    call.stop().await?;
    visitor.release().await.map(drop)
}
