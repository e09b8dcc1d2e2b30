//! What a page may ask of the latest call: how much was dropped in it and how often sound was late.

use proptest::prelude::*;
use serde_json::{Value, json};
use vocadesk_embed::page::diagnostics;

#[derive(Clone, Debug)]
enum Counted {
    Underruns(u32),
    Dropped { malformed: u32, packets: u32 },
}

fn any_counted() -> impl Strategy<Value = Counted> {
    prop_oneof![
        (0..=255_u32).prop_map(Counted::Underruns),
        (0..4_096_u32, 0..4_096_u32)
            .prop_map(|(malformed, packets)| Counted::Dropped { malformed, packets }),
    ]
}

proptest! {
    // The counts are the page's own, one for all calls: no other test may touch them.
    #[test]
    fn each_count_is_told_by_its_name_as_it_was_last_and_none_touches_another(
        counted in prop::collection::vec(any_counted(), 1..20),
    ) {
        diagnostics::underruns(0);
        diagnostics::dropped(0);
        let mut expected = json!({"malformed": 0, "dropped": 0, "underruns": 0});
        for latest in counted {
            match latest {
                Counted::Underruns(times) => {
                    diagnostics::underruns(times);
                    expected["underruns"] = times.into();
                }
                Counted::Dropped { malformed, packets } => {
                    diagnostics::dropped(packets << 12 | malformed);
                    expected["malformed"] = malformed.into();
                    expected["dropped"] = packets.into();
                }
            }
            prop_assert_eq!(&serde_json::from_str::<Value>(&diagnostics::json()).unwrap(), &expected);
        }
    }
}
