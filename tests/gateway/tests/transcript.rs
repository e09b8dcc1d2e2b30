//! The transcript of `docs/protocol.md`, played against the gateway: what it says is what goes over the line.

use tokio_tungstenite::tungstenite::Message;

use crate::resume::{lost, resumable, until_call};
use crate::visitor::{Visitor, start, token};
use gateway::{Call, Gateway};

const DOCUMENT: &str = include_str!("../../../docs/protocol.md");

/// Bytes in hex, with gaps; anything else is text.
fn message(line: &str) -> Message {
    let hex: String = line.split(' ').collect();
    let pairs = hex.as_bytes().chunks(2);
    let bytes: Result<Vec<u8>, _> = pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16))
        .collect();
    bytes.map_or_else(|_| Message::text(line), Message::binary)
}

async fn connect(gateway: &Gateway, query: &str) -> Visitor {
    let line = Visitor::connect_with(gateway, &gateway.site_url(), query).await;
    line.expect("the socket opens")
}

#[tokio::test]
async fn the_documented_call_goes_over_the_line_as_it_is_documented() {
    let (_, rest) = DOCUMENT
        .split_once("```text\nGET ?token=CALL_TOKEN\n")
        .unwrap();
    let (transcript, _) = rest.split_once("```").unwrap();
    let gateway = start(resumable(|_| {})).await;
    let call_token = token(&gateway, "emb_echo").await;
    let mut line = connect(&gateway, &format!("token={call_token}")).await;
    let (mut call_id, mut resume_token) = (String::new(), String::new());
    let mut said_so_far = 0;
    for said in transcript.lines() {
        if said.ends_with("(lost)") {
            continue;
        }
        if let Some(query) = said.strip_prefix("GET ?") {
            // What is not lost has arrived before the line goes.
            let all = |c: &Call| (c.line.received == said_so_far).then_some(());
            until_call(&gateway, "what was said", all).await;
            drop(line);
            lost(&gateway, 1).await;
            let query = query.replace("RESUME_TOKEN", &resume_token);
            line = connect(&gateway, &query).await;
        } else if let Some(sent) = said.strip_prefix("→ ") {
            let message = message(sent);
            said_so_far +=
                u32::from(message.is_binary() || sent.contains("\"n\":") && !sent.contains("ack"));
            line.send_raw(message).await;
        } else {
            let expected = said.strip_prefix("← ").unwrap();
            let mut got = line.next_message().await;
            // On a slow machine a second passes where none does in the transcript.
            while !expected.contains("ack")
                && matches!(&got, Message::Text(text) if text.contains("ack"))
            {
                got = line.next_message().await;
            }
            if let (Message::Text(text), true) = (&got, expected.contains("CALL_ID")) {
                let frame: serde_json::Value = serde_json::from_str(text).unwrap();
                frame["callId"].as_str().unwrap().clone_into(&mut call_id);
                let token = &frame["resume"]["token"];
                token.as_str().unwrap().clone_into(&mut resume_token);
            }
            let expected = expected
                .replace("CALL_ID", &call_id)
                .replace("RESUME_TOKEN", &resume_token);
            match (&got, expected.strip_prefix("close ")) {
                (Message::Close(Some(frame)), Some(code)) => {
                    assert_eq!(u16::from(frame.code).to_string(), code);
                }
                _ => assert_eq!(got, message(&expected), "{said}"),
            }
        }
    }
}
