//! What page and call say to each other, across the array that they say it in.

use crate::any_text::any_text;
use holds::holds;
use proptest::collection::vec;
use proptest::prelude::*;
use vocadesk_embed::error::{ErrorCode, ErrorReport};
use vocadesk_embed::protocol::session::{Connect, Field, SessionCommand, SessionUpdate};

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        -1.0e15..1.0e15,
        Just(0.0),
        Just(f64::MAX),
        Just(f64::INFINITY)
    ]
}

fn to_call() -> impl Strategy<Value = SessionCommand> {
    let connect = (
        prop::array::uniform4(any_text()),
        prop::option::of(any_text()),
    )
        .prop_map(|(texts, turnstile_token)| {
            let [api_url, wss_url, embed_id, browser_id] = texts;
            SessionCommand::Connect(Connect {
                api_url,
                wss_url,
                embed_id,
                browser_id,
                turnstile_token,
            })
        });
    prop_oneof![
        connect,
        Just(SessionCommand::HangUp),
        Just(SessionCommand::Leave),
        Just(SessionCommand::Join)
    ]
}

fn to_page() -> impl Strategy<Value = SessionUpdate> {
    let failed = (
        prop::sample::select(&ErrorCode::ALL[..]),
        any_text(),
        number(),
    )
        .prop_map(|(code, message, at_ms)| SessionUpdate::Failed {
            error: ErrorReport { code, message },
            at_ms,
        });
    prop_oneof![
        Just(SessionUpdate::Ready),
        Just(SessionUpdate::Granted),
        number().prop_map(|at_ms| SessionUpdate::Started { at_ms }),
        Just(SessionUpdate::Ending),
        number().prop_map(|at_ms| SessionUpdate::Ended { at_ms }),
        failed,
        Just(SessionUpdate::Releasing),
        Just(SessionUpdate::Closed),
        any::<u32>().prop_map(SessionUpdate::Dropped),
        any_text().prop_map(SessionUpdate::Transcript),
    ]
}

fn field() -> impl Strategy<Value = Field> {
    prop_oneof![
        (0..10_u32).prop_map(|kind| Field::Number(f64::from(kind))),
        any::<f64>().prop_map(Field::Number),
        any_text().prop_map(Field::Text),
        Just(Field::Nothing),
    ]
}

fn number_field(number: f64) -> Field {
    Field::Number(number)
}

#[test]
fn fields_that_are_no_message_are_none() {
    let kinds = [
        -1.0,
        -0.5,
        0.0,
        0.5,
        1.5,
        9.0,
        2.0_f64.powi(32) + 1.0,
        1e300,
        f64::NAN,
        f64::INFINITY,
    ];
    let lists = kinds
        .map(|kind| vec![number_field(kind)])
        .into_iter()
        .chain([
            vec![],
            vec![Field::Nothing],
            vec![Field::Text("1".into())],
            vec![Field::Nothing, number_field(2.0)],
        ]);
    for fields in lists {
        assert_eq!(
            SessionCommand::from_fields(fields.clone()),
            None,
            "{fields:?}"
        );
        assert_eq!(
            SessionUpdate::from_fields(fields.clone()),
            None,
            "{fields:?}"
        );
    }
}

#[test]
#[holds("3.seven-codes")]
fn an_error_code_of_another_version_is_unknown() {
    let fields = vec![
        number_field(6.0),
        number_field(1.0),
        Field::Text("solar_flare".into()),
        Field::Text("bright".into()),
    ];
    let error = ErrorReport {
        code: ErrorCode::Unknown,
        message: "bright".to_owned(),
    };
    assert_eq!(
        SessionUpdate::from_fields(fields),
        Some(SessionUpdate::Failed { error, at_ms: 1.0 })
    );
}

#[test]
fn no_two_messages_have_the_same_number() {
    let kinds = |fields: Vec<Vec<Field>>| {
        let mut kinds: Vec<String> = fields
            .iter()
            .map(|fields| format!("{:?}", fields[0]))
            .collect();
        kinds.sort();
        kinds.dedup();
        kinds.len()
    };
    let error = ErrorReport {
        code: ErrorCode::Network,
        message: "".to_owned(),
    };
    let to_page = [
        SessionUpdate::Ready,
        SessionUpdate::Granted,
        SessionUpdate::Started { at_ms: 0.0 },
        SessionUpdate::Ending,
        SessionUpdate::Ended { at_ms: 0.0 },
        SessionUpdate::Failed { error, at_ms: 0.0 },
        SessionUpdate::Releasing,
        SessionUpdate::Closed,
        SessionUpdate::Dropped(3),
    ];
    assert_eq!(kinds(to_page.map(SessionUpdate::into_fields).to_vec()), 9);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn every_message_to_the_call_arrives_as_it_was_sent(message in to_call()) {
        prop_assert_eq!(SessionCommand::from_fields(message.clone().into_fields()), Some(message));
    }

    #[test]
    fn every_message_to_the_page_arrives_as_it_was_sent(message in to_page()) {
        prop_assert_eq!(SessionUpdate::from_fields(message.clone().into_fields()), Some(message));
    }

    #[test]
    fn a_message_that_lost_a_needed_field_is_none(message in to_page(), keep in any::<prop::sample::Index>()) {
        let mut fields = message.into_fields();
        fields.truncate(keep.index(fields.len()));
        prop_assert_eq!(SessionUpdate::from_fields(fields), None);
    }

    #[test]
    fn a_field_of_the_wrong_kind_makes_it_none(message in to_page(), at in any::<prop::sample::Index>()) {
        let mut fields = message.into_fields();
        let at = at.index(fields.len());
        fields[at] = Field::Nothing;
        prop_assert_eq!(SessionUpdate::from_fields(fields), None);
    }

    #[test]
    fn hostile_fields_never_panic_and_what_is_read_of_them_is_a_message(fields in vec(field(), 0..8)) {
        // Compared as text: a time may be NaN, which equals nothing.
        if let Some(message) = SessionUpdate::from_fields(fields.clone()) {
            let again = SessionUpdate::from_fields(message.clone().into_fields());
            prop_assert_eq!(format!("{again:?}"), format!("{:?}", Some(message)));
        }
        if let Some(message) = SessionCommand::from_fields(fields) {
            prop_assert_eq!(SessionCommand::from_fields(message.clone().into_fields()), Some(message));
        }
    }
}
