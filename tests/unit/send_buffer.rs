//! Packets that wait for a slow socket.

use proptest::prelude::*;
use vocadesk_embed::session::send_buffer::SendBuffer;

const SLOW: u32 = 1 << 20;

#[test]
fn a_socket_that_keeps_up_gets_each_packet_at_once() {
    let mut backlog = SendBuffer::default();
    for packet in 0..200 {
        backlog.push(f64::from(packet) * 20.0, packet);
        assert_eq!(backlog.next(1_313), Some(packet));
        assert_eq!(backlog.next(1_313), None);
    }
    assert_eq!(backlog.dropped(), 0);
}

#[test]
fn after_a_long_stall_the_newest_second_is_sent_and_the_rest_is_counted() {
    let mut backlog = SendBuffer::default();
    for packet in 0..150 {
        backlog.push(f64::from(packet) * 20.0, packet);
        assert_eq!(backlog.next(SLOW), None);
    }
    let sent: Vec<_> = std::iter::from_fn(|| backlog.next(0)).collect();
    // 51: both ends of a second.
    assert_eq!(sent, (99..150).collect::<Vec<_>>());
    assert_eq!(backlog.dropped(), 99);
}

#[test]
fn what_waited_through_a_pause_is_too_late_for_what_comes_next() {
    let mut backlog = SendBuffer::default();
    backlog.push(0.0, "old");
    assert_eq!(backlog.next(SLOW), None);
    backlog.push(5_000.0, "new");
    assert_eq!(backlog.next(0), Some("new"));
    assert_eq!(backlog.dropped(), 1);
}

#[test]
fn a_turn_that_is_over_leaves_nothing_to_be_sent() {
    let mut backlog = SendBuffer::default();
    backlog.push(0.0, 1);
    backlog.clear();
    assert_eq!((backlog.next(0), backlog.dropped()), (None, 0));
}

proptest! {
    #[test]
    fn packets_leave_in_order_none_is_older_than_a_second_and_each_is_sent_dropped_or_waiting(
        stalls in prop::collection::vec((0_u32..60, prop::bool::ANY), 1..400),
    ) {
        let mut backlog = SendBuffer::default();
        let (mut now, mut pushed, mut sent) = (0.0, 0_u32, Vec::new());
        for (pause, takes) in stalls {
            now += f64::from(pause);
            backlog.push(now, (now, pushed));
            pushed += 1;
            while let Some((since, number)) = backlog.next(if takes { 0 } else { SLOW }) {
                prop_assert!(now - since <= 1_000.0);
                sent.push(number);
            }
        }
        prop_assert!(sent.is_sorted());
        let waiting = std::iter::from_fn(|| backlog.next(0)).count() as u32;
        prop_assert_eq!(sent.len() as u32 + backlog.dropped() + waiting, pushed);
    }
}
