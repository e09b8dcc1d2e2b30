//! What comes while something else is being worked on.

use std::cell::RefCell;
use vocadesk_embed::event_queue::EventQueue;

#[test]
fn what_comes_meanwhile_is_worked_on_afterwards_in_the_order_in_which_it_came() {
    let queue = EventQueue::default();
    let seen = RefCell::new(Vec::new());
    let note = |text: String| seen.borrow_mut().push(text);
    for round in ["first", "second"] {
        queue.dispatch(round.to_owned(), |item| {
            note(format!("{item} begins"));
            if item == round {
                for child in ["a", "b"] {
                    queue.dispatch(format!("{round}.{child}"), |_| note("inside".to_owned()));
                }
            }
            note(format!("{item} ends"));
        });
    }
    let order = [
        "first", "first.a", "first.b", "second", "second.a", "second.b",
    ];
    let expected = order.map(|item| [format!("{item} begins"), format!("{item} ends")]);
    assert_eq!(seen.into_inner(), expected.concat());
}
