//! Socket frames, contract §5.

use crate::any_text::any_text;
use crate::server_text::read_frame as read;
use ::base64::Engine as _;
use ::base64::engine::general_purpose::STANDARD;
use holds::holds;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::json;
use vocadesk_embed::protocol::features::{Agreed, Resume};
use vocadesk_embed::protocol::frames::{
    FrameObject, Number, PING, PONG, START, START_WITH_OPUS, STOP, ServerFrame, ack, late,
    numbered_stop, resume_url, socket_url, write_audio,
};
use vocadesk_embed::protocol::session::{Role, Transcript};

#[test]
#[holds(
    "5.server-started",
    "5.server-audio",
    "5.server-clear",
    "5.server-transfer-call",
    "5b.without-field"
)]
fn each_frame_of_the_contract_is_known() {
    let pcm = [0, 1, 0xff, 0x7f, 0, 0x80];
    for (frame, expected) in [
        (
            json!({"type": "started", "callId": "c_1"}),
            ServerFrame::Started(Agreed::default()),
        ),
        (
            json!({"type": "audio", "data": STANDARD.encode(pcm)}),
            ServerFrame::Audio(pcm.to_vec()),
        ),
        (
            json!({"type": "transcript", "role": "user", "text": "hi", "seq": 1}),
            ServerFrame::Transcript(Transcript {
                role: Role::User,
                text: "hi".into(),
                seq: 1,
            }),
        ),
        (json!({"type": "clear"}), ServerFrame::Clear),
        (json!({"type": "agent_ending"}), ServerFrame::AgentEnding),
        (json!({"type": "end_call"}), ServerFrame::EndCall),
        (
            json!({"type": "transfer_call", "number": "+431234"}),
            ServerFrame::EndCall,
        ),
        (
            json!({"type": "error", "message": "no model"}),
            ServerFrame::Error("no model".into()),
        ),
        (json!({"type": "error"}), ServerFrame::Error(String::new())),
        (
            json!({"type": "error", "message": 7}),
            ServerFrame::Error(String::new()),
        ),
    ] {
        assert_eq!(read(&frame.to_string()), Some(expected.clone()), "{frame}");
        assert_eq!(read(&format!("\n{frame:#} ")), Some(expected), "{frame}");
    }
}

#[test]
#[holds("5.unknown-ignored")]
fn unknown_types_are_ignored() {
    for kind in [
        "", "Started", "AUDIO", "audio ", "Pong", "video", "startéd", "\0",
    ] {
        let frame = json!({"type": kind, "data": "!", "message": "x"}).to_string();
        assert_eq!(read(&frame), Some(ServerFrame::Ignored), "{frame}");
    }
}

#[test]
#[holds("5.unknown-ignored")]
fn unknown_fields_are_ignored_wherever_they_stand() {
    let extra = r#""features":{"opus":[1,{"type":"clear"}]},"data2":"x","":null"#;
    for frame in [
        format!(r#"{{{extra},"type":"started"}}"#),
        format!(r#"{{"type":"started",{extra}}}"#),
        format!(r#"{{"callId":17,"type":"started","data":[],"message":{{}},{extra}}}"#),
    ] {
        assert_eq!(
            read(&frame),
            Some(ServerFrame::Started(Agreed::default())),
            "{frame}"
        );
    }
}

#[test]
#[holds("5.malformed-dropped")]
fn malformed_frames_are_dropped() {
    for frame in [
        "",
        "null",
        "[]",
        "42",
        "\"clear\"",
        "clear",
        "{}",
        r#"{"kind":"clear"}"#,
        r#"{"type":null}"#,
        r#"{"type":1}"#,
        r#"{"type":["clear"]}"#,
        r#"{"type":{"type":"clear"}}"#,
        r#"[{"type":"clear"}]"#,
        r#"{"type":"clear""#,
        r#"{"type":"clear"}}"#,
        r#"{"type":"clear"}{"type":"clear"}"#,
        r#"{"type":"clear",}"#,
        r#"{type:"clear"}"#,
        r#"{"type":"clear","x":tru}"#,
        r#"{"type":"audio"}"#,
        r#"{"type":"audio","data":null}"#,
        r#"{"type":"audio","data":[1,2]}"#,
        r#"{"type":"audio","data":"A"}"#,
        r#"{"type":"audio","data":"AA=A"}"#,
        r#"{"type":"audio","data":"AA AA"}"#,
        r#"{"type":"audio","data":"data:audio/wav;base64,AAAA"}"#,
        r#"{"type":"audio","data":"AAAA"#,
    ] {
        assert_eq!(read(frame), None, "{frame}");
    }
}

#[test]
fn slashes_of_base64_may_come_escaped() {
    let frame = r#"{"type":"audio","data":"\/\/\/\/\/\/\/\/"}"#;
    assert_eq!(read(frame), Some(ServerFrame::Audio(vec![0xff; 6])));
}

#[test]
fn half_a_sample_at_the_end_of_a_frame_is_dropped() {
    let frame = r#"{"type":"audio","data":"AQID"}"#;
    assert_eq!(read(frame), Some(ServerFrame::Audio(vec![1, 2])));
}

#[test]
#[holds("5.burst-played")]
fn a_burst_of_a_minute_in_one_frame_is_read_whole() {
    let pcm: Vec<u8> = (0..24_000 * 2 * 60)
        .map(|at: u32| ((at * 31) >> 3) as u8)
        .collect();
    let frame = json!({"type": "audio", "data": STANDARD.encode(&pcm)}).to_string();
    assert!(read(&frame) == Some(ServerFrame::Audio(pcm)));
}

#[test]
#[holds("5.client-start", "5.client-stop", "5.version-1-server", "5b.offer")]
fn what_we_send_first_and_last_is_what_the_contract_says() {
    let parsed = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    assert_eq!(
        parsed(START),
        json!({"type": "start", "agentId": "", "promptOverride": null, "features": ["resume", "binary"]})
    );
    assert_eq!(
        parsed(START_WITH_OPUS),
        json!({"type": "start", "agentId": "", "promptOverride": null, "features": ["resume", "binary", "opus"]})
    );
    assert_eq!(parsed(STOP), json!({"type": "stop"}));
}

#[test]
#[holds("5b.number-place", "5b.ack", "5b.late", "5b.ping", "5b.pong")]
fn what_wire_version_2_says_is_what_the_contract_says() {
    let parsed = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    let mut audio = String::new();
    write_audio(&mut audio, &[1, 2], Some(7));
    for (frame, expected) in [
        (
            audio.as_str(),
            json!({"type": "audio", "data": STANDARD.encode([1, 2]), "n": 7}),
        ),
        (&numbered_stop(8), json!({"type": "stop", "n": 8})),
        (&ack(9), json!({"type": "ack", "n": 9})),
        (&late(2_500), json!({"type": "late", "ms": 2_500})),
        (PING, json!({"type": "ping"})),
        (PONG, json!({"type": "pong"})),
    ] {
        assert_eq!(parsed(frame), expected);
    }
    for (frame, expected) in [
        (
            json!({"type": "resumed", "received": 4}),
            ServerFrame::Resumed(Some(4)),
        ),
        (json!({"type": "resumed"}), ServerFrame::Resumed(None)),
        (json!({"type": "ack", "n": 4}), ServerFrame::Ack(Some(4))),
        (json!({"type": "ack", "n": -4}), ServerFrame::Ack(None)),
        (json!({"type": "ping"}), ServerFrame::Ping),
        (json!({"type": "pong"}), ServerFrame::Pong),
    ] {
        assert_eq!(read(&frame.to_string()), Some(expected), "{frame}");
    }
}

#[test]
#[holds("5b.answer", "5b.answer-resume")]
fn a_server_takes_what_it_was_offered_and_says_readably_and_nothing_else() {
    let resume = json!({"token": "t", "graceMs": 20_000});
    let taken = Some(Resume {
        token: "t".into(),
        grace_ms: 20_000,
    });
    for (features, resume, binary, expected) in [
        (
            json!(["resume", "binary"]),
            resume.clone(),
            true,
            taken.clone(),
        ),
        (json!(["binary"]), resume.clone(), true, None),
        (json!(["resume"]), resume.clone(), false, taken.clone()),
        (json!(["opus", "video"]), resume.clone(), false, None),
        (json!(null), resume.clone(), false, None),
        (json!("resume"), resume.clone(), false, None),
        (json!({"resume": true}), resume.clone(), false, None),
        (
            json!([["resume"], {"binary": 1}, 7, null]),
            resume.clone(),
            false,
            None,
        ),
        (json!(["resume"]), json!(null), false, None),
        (json!(["resume"]), json!("t"), false, None),
        (
            json!(["resume"]),
            json!({"token": "", "graceMs": 1}),
            false,
            None,
        ),
        (
            json!(["resume"]),
            json!({"token": 7, "graceMs": 1}),
            false,
            None,
        ),
        (
            json!(["resume"]),
            json!({"token": "x".repeat(8_001), "graceMs": 1}),
            false,
            None,
        ),
        (json!(["resume"]), json!({"token": "t"}), false, None),
        (
            json!(["resume"]),
            json!({"token": "t", "graceMs": -1}),
            false,
            None,
        ),
        // A visitor does not wait longer than half a minute, whatever the server would.
        (
            json!(["resume"]),
            json!({"token": "t", "graceMs": 3_600_000}),
            false,
            Some(Resume {
                token: "t".into(),
                grace_ms: 30_000,
            }),
        ),
    ] {
        let frame =
            json!({"type": "started", "callId": "c", "features": features, "resume": resume});
        let opus = features
            .as_array()
            .is_some_and(|f| f.contains(&json!("opus")));
        let expected = ServerFrame::Started(Agreed {
            binary,
            opus,
            resume: expected,
        });
        assert_eq!(read(&frame.to_string()), Some(expected), "{frame}");
    }
    // Of lists in lists in lists none is read: a stack would run over.
    let deep = format!(
        r#"{{"type":"started","features":{}1{}}}"#,
        "[".repeat(100),
        "]".repeat(100)
    );
    assert_eq!(read(&deep), Some(ServerFrame::Started(Agreed::default())));
}

#[test]
#[holds("5b.numbers", "5b.number-place")]
fn a_frames_number_is_a_whole_one_of_32_bits_from_1_on() {
    for (n, expected) in [
        (json!(1), Number::Is(1)),
        (json!(4_294_967_295_u32), Number::Is(u32::MAX)),
        (json!(0), Number::Wrong),
        (json!(-1), Number::Wrong),
        (json!(1.5), Number::Wrong),
        (json!(4_294_967_296_u64), Number::Wrong),
        (json!("1"), Number::Missing),
        (json!(null), Number::Missing),
    ] {
        let frame = json!({"type": "clear", "n": n}).to_string();
        let object: FrameObject = serde_json::from_str(&frame).unwrap();
        assert_eq!(object.number(), expected, "{frame}");
    }
}

#[test]
#[holds("5b.resume-url")]
fn a_lost_line_is_taken_up_at_the_sockets_own_address() {
    for (socket, expected) in [
        ("wss://h/call", "wss://h/call?resume=a%2fb&received=7"),
        (
            "wss://h/call?region=eu#x",
            "wss://h/call?region=eu&resume=a%2fb&received=7",
        ),
    ] {
        assert_eq!(resume_url(socket, "a/b", 7), expected);
    }
}

#[test]
#[holds("5.token-in-query")]
fn the_token_is_appended_to_whatever_query_there_is() {
    for (socket, expected) in [
        ("wss://h/call", "wss://h/call?token=t"),
        ("wss://h", "wss://h?token=t"),
        ("wss://h/call?region=eu", "wss://h/call?region=eu&token=t"),
        ("wss://h/call?a=1&b=%20", "wss://h/call?a=1&b=%20&token=t"),
        ("wss://h/call#part", "wss://h/call?token=t"),
        ("wss://h/call?a=1#part?", "wss://h/call?a=1&token=t"),
        ("wss://h/call#part?a", "wss://h/call?token=t"),
    ] {
        assert_eq!(socket_url(socket, "t"), expected);
    }
}

#[test]
fn a_jwt_stands_in_the_url_as_it_is() {
    let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJlbWJfMSJ9.a-b_c";
    assert_eq!(
        socket_url("wss://h/c", jwt),
        format!("wss://h/c?token={jwt}")
    );
}

/// What a server would read from a query's percent escapes.
fn unescaped(text: &str) -> Vec<u8> {
    let mut bytes = text.bytes();
    let mut out = Vec::new();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let digits = [bytes.next().unwrap(), bytes.next().unwrap()];
            out.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
        } else {
            out.push(byte);
        }
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    #[test]
    #[holds("5.token-in-query")]
    fn no_token_can_change_the_rest_of_the_url(token in any_text()) {
        let url = socket_url("wss://h/call?a=1", &token);
        let written = url.strip_prefix("wss://h/call?a=1&token=").unwrap();
        prop_assert!(written.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.~%".contains(&b)));
        prop_assert_eq!(unescaped(written), token.into_bytes());
    }

    #[test]
    #[holds("5.text-json", "5.client-audio")]
    fn audio_that_we_write_is_read_by_others(pcm in vec(any::<u8>(), 0..1_200), before in any_text()) {
        let mut frame = before;
        write_audio(&mut frame, &pcm, None);
        let parsed: serde_json::Value = serde_json::from_str(&frame).unwrap();
        prop_assert_eq!(parsed.as_object().unwrap().len(), 2);
        prop_assert_eq!(&parsed["type"], "audio");
        prop_assert_eq!(STANDARD.decode(parsed["data"].as_str().unwrap()).unwrap(), pcm.clone());
        let whole_samples = pcm[..pcm.len() & !1].to_vec();
        prop_assert_eq!(read(&frame), Some(ServerFrame::Audio(whole_samples)));
    }

    #[test]
    #[holds("5.server-error")]
    fn an_error_is_handed_on_in_the_servers_own_words(message in any_text()) {
        let frame = json!({"message": message, "type": "error"}).to_string();
        prop_assert_eq!(read(&frame), Some(ServerFrame::Error(message)));
    }

    #[test]
    fn no_frame_makes_the_reader_panic(text in any_text(), kind in "audio|error|clear|started|x") {
        let _ = read(&text);
        let _ = read(&format!(r#"{{"type":"{kind}","data":"{text}","message":"{text}"}}"#));
        let _ = read(&format!(r#"{{"type":"{kind}","data":{text}"#));
        let quoted = serde_json::to_string(&text).unwrap();
        let _ = read(&format!(r#"{{"type":{quoted},"data":{quoted}}}"#));
    }
}

#[test]
#[holds("2.transcript", "5.server-transcript")]
fn what_was_said_is_passed_on_as_it_is_and_nothing_that_only_looks_so() {
    let said = |role: &str, text: &str, seq: &str| {
        let (role, text) = (json!(role), json!(text));
        read(&format!(
            r#"{{"type":"transcript","role":{role},"text":{text},"seq":{seq}}}"#
        ))
    };
    for role in ["user", "assistant"] {
        for text in ["", "<b>hi</b>", "\"\\ \n\t\0", "مرحبا 😀", "\u{2028}"] {
            for seq in ["0", "7", "999999999999999"] {
                let Some(ServerFrame::Transcript(detail)) = said(role, text, seq) else {
                    panic!("{role} {text} {seq}");
                };
                let detail = serde_json::to_value(detail).unwrap();
                let seq: u64 = seq.parse().unwrap();
                assert_eq!(detail, json!({"role": role, "text": text, "seq": seq}));
            }
        }
    }
    for seq in [
        "-1",
        "1.5",
        "1e-3",
        "1e15",
        "1e999",
        "9999999999999999",
        "null",
        "[1]",
        "\"one\"",
        "\"\"",
        "\"007\"",
        "true",
    ] {
        assert_eq!(said("user", "hi", seq), None, "{seq}");
    }
    for role in ["", "User", "system", "agent", "user "] {
        assert_eq!(said(role, "hi", "1"), None, "{role}");
    }
    for frame in [
        r#"{"type":"transcript","role":"user","seq":1}"#,
        r#"{"type":"transcript","role":"user","text":null,"seq":1}"#,
        r#"{"type":"transcript","role":"user","text":"hi"}"#,
        r#"{"type":"transcript","role":["user"],"text":"hi","seq":1}"#,
        r#"{"type":"transcript","text":"hi","seq":1}"#,
    ] {
        assert_eq!(read(frame), None, "{frame}");
    }
    assert!(said("user", &"x".repeat(19_999), "1").is_some());
    assert_eq!(
        said("user", &"x".repeat(20_000), "1"),
        None,
        "a server that sends without end"
    );
}

#[test]
fn of_two_members_with_one_name_the_last_counts() {
    let frame = r#"{"type":"started","type":"clear"}"#;
    assert_eq!(read(frame), Some(ServerFrame::Clear));
}
