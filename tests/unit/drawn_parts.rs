//! What pseudo-elements draw of a call's state, in much room and in little.

use vocadesk_embed::error::{ErrorCode, Told};
use vocadesk_embed::page::call_state::CallState;
use vocadesk_embed::page::view::drawn_parts::{Amount, Drawn, Room, compose};
use vocadesk_embed::page::view::view_model::{ViewModel, view};
use vocadesk_embed::page::view::writing::Digits;

const LIVE: CallState = CallState::Live { since_ms: 0.0 };
const ENDING: CallState = CallState::Ending { since_ms: 0.0 };
const ENDED: CallState = CallState::Ended {
    duration_ms: 7_000.0,
};
const FAILED: CallState = CallState::Failed {
    code: ErrorCode::Network,
    told: Told::ByCode,
};

fn drawn(state: CallState, width_em: f64, height_em: f64, amount: Amount) -> (String, String) {
    let view = view(state, false, None, 7_000.0);
    shape(&view, width_em, height_em, amount)
}

fn shape(view: &ViewModel, width_em: f64, height_em: f64, amount: Amount) -> (String, String) {
    let room = Room {
        width_em,
        height_em,
    };
    let Drawn { text, parts } = compose(view, "Words", room, amount);
    let text = text.replace(['\u{2066}', '\u{2068}', '\u{2069}'], "");
    (text.replace('\u{2002}', "_"), parts.unwrap())
}

#[test]
fn a_narrow_host_keeps_what_matters_most() {
    for (state, width_em, text, parts) in [
        (LIVE, 15.1, "_Words_0:07", " sign meter row time4"),
        (LIVE, 15.0, "_Words_0:07", " sign row time4"),
        (LIVE, 11.0, "_0:07", " sign row time4"),
        (LIVE, 5.0, "", " sign"),
        (ENDING, 15.1, "Words_0:07", " meter row time4"),
        (ENDING, 11.0, "Words_0:07", " row time4"),
        (ENDING, 5.0, "Words", ""),
        (ENDED, 11.1, "Words_0:07", " row time4"),
        (ENDED, 11.0, "Words", ""),
        (CallState::Connecting, 3.0, "Words", " wait"),
        (FAILED, 3.0, "Words", " error lines"),
    ] {
        let found = drawn(state, width_em, 2.5, Amount::All);
        assert_eq!(found, (text.into(), parts.into()), "{state:?}, {width_em}");
    }
    let (_, one_line) = drawn(FAILED, 20.0, 2.0, Amount::All);
    assert_eq!(one_line, " error");
}

#[test]
fn long_words_take_the_meters_room_and_then_the_times() {
    for (state, amount, text, parts) in [
        (LIVE, Amount::NoMeter, "_Words_0:07", " sign row time4"),
        (LIVE, Amount::Least, "_0:07", " sign row time4"),
        (ENDING, Amount::Least, "Words", ""),
        (ENDED, Amount::Least, "Words", ""),
    ] {
        let found = drawn(state, 20.0, 2.5, amount);
        assert_eq!(found, (text.into(), parts.into()), "{state:?}, {amount:?}");
    }
}

#[test]
fn beside_the_bar_a_host_says_what_a_press_does_and_nothing_else() {
    for (state, width_em, amount, text, parts) in [
        (LIVE, 40.0, Amount::All, "_Words", " sign"),
        (LIVE, 11.0, Amount::All, "_Words", " sign"),
        (LIVE, 40.0, Amount::Least, "", " sign"),
        (LIVE, 5.0, Amount::All, "", " sign"),
        (ENDING, 40.0, Amount::All, "Words", ""),
        // Afterwards there is no bar, and the host says how long it was.
        (ENDED, 40.0, Amount::All, "Words_0:07", " row time4"),
    ] {
        let view = view(state, false, None, 7_000.0).beside_bar();
        let found = shape(&view, width_em, 2.5, amount);
        assert_eq!(found, (text.into(), parts.into()), "{state:?}, {width_em}");
    }
}

#[test]
fn a_time_in_other_digits_has_as_much_room() {
    let mut view = view(LIVE, false, None, 7_000.0);
    view.writing.digits = Digits::read("٩٨٧٦٥٤٣٢١٠").unwrap();
    let room = Room {
        width_em: 10.0,
        height_em: 2.0,
    };
    let drawn = compose(&view, "Words", room, Amount::All);
    assert_eq!(drawn.text, "\u{2002}٠:٠٧");
    assert_eq!(drawn.parts.unwrap(), " sign row time4");
}

#[test]
fn words_and_time_keep_their_own_directions() {
    let room = Room {
        width_em: 12.0,
        height_em: 2.0,
    };
    let both = compose(
        &view(LIVE, false, None, 7_000.0),
        "Words",
        room,
        Amount::All,
    );
    let isolated = "\u{2002}\u{2068}Words\u{2069}\u{2002}\u{2066}0:07\u{2069}";
    assert_eq!(both.text, isolated);
}
