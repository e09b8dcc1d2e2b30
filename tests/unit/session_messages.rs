//! What page and session say to each other, across the objects that they say it in.

use crate::any_text::any_text;
use holds::holds;
use proptest::prelude::*;
use serde_json::{Value, from_value, json, to_value};
use vocadesk_embed::error::{ErrorCode, ErrorReport, Told};
use vocadesk_embed::protocol::session::{
    Connect, Dropped, Role, SessionCommand, SessionUpdate, Transcript,
};

fn command() -> impl Strategy<Value = SessionCommand> {
    let connect = (
        prop::array::uniform4(any_text()),
        prop::option::of(any_text()),
        any::<bool>(),
    )
        .prop_map(|(texts, turnstile_token, tls_only)| {
            let [api_url, wss_url, embed_id, browser_id] = texts;
            SessionCommand::Connect(Connect {
                api_url,
                wss_url,
                embed_id,
                browser_id,
                turnstile_token,
                tls_only,
            })
        });
    prop_oneof![
        connect,
        Just(SessionCommand::HangUp),
        any::<bool>().prop_map(|released| SessionCommand::Leave { released }),
        Just(SessionCommand::Released),
        Just(SessionCommand::Ping),
        Just(SessionCommand::Join)
    ]
}

fn update() -> impl Strategy<Value = SessionUpdate> {
    let failed =
        (prop::sample::select(&ErrorCode::ALL[..]), any_text()).prop_map(|(code, message)| {
            SessionUpdate::Failed(ErrorReport {
                code,
                message,
                told: Told::ByCode,
            })
        });
    let transcript =
        (any_text(), 0..1_000_000_000_000_000_u64, any::<bool>()).prop_map(|(text, seq, user)| {
            let role = if user { Role::User } else { Role::Assistant };
            SessionUpdate::Transcript(Transcript { role, text, seq })
        });
    prop_oneof![
        Just(SessionUpdate::Ready),
        Just(SessionUpdate::Granted),
        Just(SessionUpdate::Started),
        Just(SessionUpdate::Ending),
        Just(SessionUpdate::Ended),
        failed,
        Just(SessionUpdate::Release),
        Just(SessionUpdate::Pong),
        Just(SessionUpdate::Closed),
        any::<(u32, u32)>()
            .prop_map(|(malformed, late)| SessionUpdate::Dropped(Dropped { malformed, late })),
        transcript,
    ]
}

fn read_command(value: Value) -> Option<SessionCommand> {
    from_value(value).ok()
}

fn read_update(value: Value) -> Option<SessionUpdate> {
    from_value(value).ok()
}

/// Any value, often with names that messages have.
fn value() -> impl Strategy<Value = Value> {
    let name = prop_oneof![
        prop::sample::select(vec![
            "Connect",
            "Join",
            "HangUp",
            "Ready",
            "Started",
            "Failed",
            "Transcript",
            "Dropped",
            "code",
            "message",
            "role",
            "text",
            "seq",
            "malformed",
            "late",
        ])
        .prop_map(str::to_owned),
        any_text(),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        name.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(name.clone(), inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Every path to a member of an object, and whether it may be missing.
fn members(value: &Value) -> Vec<Vec<String>> {
    let Value::Object(object) = value else {
        return Vec::new();
    };
    let deeper = |(name, value): (&String, &Value)| {
        let below = members(value).into_iter();
        let with_name = |path: Vec<String>| [vec![name.clone()], path].concat();
        let mut paths: Vec<_> = below.map(with_name).collect();
        paths.push(vec![name.clone()]);
        paths
    };
    object.iter().flat_map(deeper).collect()
}

fn at<'v>(value: &'v mut Value, path: &[String]) -> &'v mut Value {
    path.iter()
        .fold(value, |value, name| &mut value[name.as_str()])
}

#[test]
fn what_is_no_message_is_none() {
    for value in [
        json!(null),
        json!(1),
        json!(""),
        json!("ready"),
        json!("Begun"),
        json!([]),
        json!(["Ready"]),
        json!({}),
        json!({"Started": {}}),
        json!({"Failed": {"code": "network"}}),
        json!({"Ready": null, "Granted": null}),
    ] {
        assert_eq!(read_command(value.clone()), None, "{value}");
        assert_eq!(read_update(value.clone()), None, "{value}");
    }
}

#[test]
#[holds("3.seven-codes")]
fn an_error_code_of_another_version_is_unknown() {
    let error = json!({"code": "solar_flare", "message": "bright"});
    let expected = ErrorReport {
        code: ErrorCode::Unknown,
        message: "bright".to_owned(),
        told: Told::ByCode,
    };
    assert_eq!(
        read_update(json!({"Failed": error})),
        Some(SessionUpdate::Failed(expected))
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn every_command_arrives_as_it_was_sent(message in command()) {
        prop_assert_eq!(read_command(to_value(&message).unwrap()), Some(message));
    }

    #[test]
    fn every_update_arrives_as_it_was_sent(message in update()) {
        prop_assert_eq!(read_update(to_value(&message).unwrap()), Some(message));
    }

    #[test]
    fn a_message_that_lost_a_member_or_has_one_of_another_kind_is_none(
        message in update(), which in any::<prop::sample::Index>()
    ) {
        let value = to_value(&message).unwrap();
        let paths = members(&value);
        if !paths.is_empty() {
            let path = &paths[which.index(paths.len())];
            let (name, above) = path.split_last().unwrap();
            let mut lost = value.clone();
            at(&mut lost, above).as_object_mut().unwrap().remove(name);
            prop_assert_eq!(read_update(lost), None);
            let mut other = value.clone();
            *at(&mut other, path) = json!(true);
            prop_assert_eq!(read_update(other), None);
        }
    }

    #[test]
    fn hostile_values_never_panic_and_what_is_read_of_them_is_a_message(value in value()) {
        if let Some(message) = read_update(value.clone()) {
            prop_assert_eq!(read_update(to_value(&message).unwrap()), Some(message));
        }
        if let Some(message) = read_command(value) {
            prop_assert_eq!(read_command(to_value(&message).unwrap()), Some(message));
        }
    }
}
