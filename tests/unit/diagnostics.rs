//! What a page may ask of the latest call: how much was dropped in it and how often sound was late.

use proptest::prelude::*;
use serde_json::json;
use vocadesk_embed::page::diagnostics;
use vocadesk_embed::protocol::session::Dropped;

#[derive(Clone, Debug)]
enum Counted {
    Underruns(u32),
    Dropped { malformed: u32, packets: u32 },
}

fn any_counted() -> impl Strategy<Value = Counted> {
    prop_oneof![
        any::<u32>().prop_map(Counted::Underruns),
        any::<(u32, u32)>()
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
        diagnostics::dropped(Dropped::default());
        let mut expected = json!({"malformed": 0, "dropped": 0, "underruns": 0});
        for latest in counted {
            match latest {
                Counted::Underruns(times) => {
                    diagnostics::underruns(times);
                    expected["underruns"] = times.into();
                }
                Counted::Dropped { malformed, packets } => {
                    diagnostics::dropped(Dropped { malformed, late: packets });
                    expected["malformed"] = malformed.into();
                    expected["dropped"] = packets.into();
                }
            }
            prop_assert_eq!(&serde_json::to_value(diagnostics::counts()).unwrap(), &expected);
        }
    }
}
