//! Packets of Opus in a binary frame, to the byte.

use holds::holds;
use proptest::collection::vec;
use proptest::prelude::*;
use vocadesk_embed::protocol::binary_frames;
use vocadesk_embed::protocol::frames::{Number, ServerFrame};
use vocadesk_embed::protocol::opus_packets::OpusPackets;
use vocadesk_embed::protocol::sound::Sound;

fn packets(packets: &[Vec<u8>]) -> OpusPackets {
    let mut all = OpusPackets::default();
    packets.iter().for_each(|packet| all.push(packet));
    all
}

/// What the contract says of the bytes behind the head, in other words than ours.
fn oracle(mut bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut packets = Vec::new();
    while !bytes.is_empty() {
        let length = usize::from(*bytes.first()?) * 256 + usize::from(*bytes.get(1)?);
        packets.push(bytes.get(2..2 + length).filter(|p| !p.is_empty())?.to_vec());
        bytes = &bytes[2 + length..];
    }
    (1..=6).contains(&packets.len()).then_some(packets)
}

proptest! {
    #[test]
    #[holds("5b.binary-header", "5b.binary-opus")]
    fn a_frame_of_opus_is_read_as_it_was_written(
        number in any::<u32>(), all in vec(vec(any::<u8>(), 1..1_276), 1..=6)
    ) {
        let mut frame = vec![9; 9];
        binary_frames::write(&mut frame, &Sound::Opus(packets(&all)), Some(number));
        prop_assert_eq!(&frame[..5], [&[2], &number.to_be_bytes()[..]].concat());
        let Some((read_number, ServerFrame::Opus(read))) = binary_frames::read(&frame) else {
            panic!("not read");
        };
        prop_assert_eq!(read_number, Number::of(number));
        prop_assert_eq!(read.count(), all.len());
        prop_assert_eq!(read.iter().map(<[u8]>::to_vec).collect::<Vec<_>>(), all);
    }

    #[test]
    #[holds("5b.binary-opus")]
    fn whatever_bytes_come_they_are_packets_or_malformed_as_the_contract_says(
        bytes in vec(prop_oneof![3 => 0..4_u8, 1 => any::<u8>()], 0..40)
    ) {
        let frame = [&[2, 0, 0, 0, 7][..], &bytes].concat();
        let read = binary_frames::read(&frame).map(|(_, frame)| match frame {
            ServerFrame::Opus(packets) => packets.iter().map(<[u8]>::to_vec).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        });
        prop_assert_eq!(read, oracle(&bytes));
    }
}

#[test]
#[holds("5b.binary-opus")]
fn a_frame_of_opus_is_a_kind_a_number_and_packets_each_after_its_length() {
    let mut frame = Vec::new();
    let two = packets(&[vec![0xd8], vec![0x68, 1, 2]]);
    binary_frames::write(&mut frame, &Sound::Opus(two), Some(0x0102_0304));
    assert_eq!(frame, [2, 1, 2, 3, 4, 0, 1, 0xd8, 0, 3, 0x68, 1, 2]);
    let cases: [&[u8]; 7] = [
        &[],                          // none at all
        &[0, 0],                      // an empty one
        &[0],                         // half a length
        &[0, 2, 7],                   // one that is cut short
        &[0, 1, 7, 0],                // something behind the last
        &[0, 1, 7, 0, 0],             // an empty one behind a good one
        &[0, 1, 7].repeat(7).clone(), // seven
    ];
    for bytes in cases {
        let frame = [&[2, 0, 0, 0, 1][..], bytes].concat();
        assert_eq!(binary_frames::read(&frame), None, "{bytes:?}");
    }
    let six = [&[2, 0, 0, 0, 1][..], &[0, 1, 7].repeat(6)].concat();
    assert!(binary_frames::read(&six).is_some());
    let long = [&[2, 0, 0, 0, 1][..], &vec![255; 16 << 20]].concat();
    assert_eq!(binary_frames::read(&long), None, "16 MiB");
}
