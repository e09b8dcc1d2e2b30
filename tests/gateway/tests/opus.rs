//! Opus in binary frames, as libopus has it.

use holds::holds;
use opus::{Application, Channels, Decoder, Encoder};
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::caller::{Caller, binary, read_binary};
use crate::resume::{resumable, until_call};
use crate::visitor::{Got, start};
use gateway::Gateway;

/// 20 ms of a tone of 440 Hz, the first of which is this one.
fn tone(which: usize) -> Vec<i16> {
    let at = |n: usize| (which * 480 + n) as f64 / 24_000.0;
    let sample = |n| (8_000.0 * (std::f64::consts::TAU * 440.0 * at(n)).sin()) as i16;
    (0..480).map(sample).collect()
}

fn frame(packets: &[Vec<u8>]) -> Message {
    let mut frame = vec![2, 0, 0, 0, 0];
    for packet in packets {
        frame.extend(u16::try_from(packet.len()).unwrap().to_be_bytes());
        frame.extend(packet);
    }
    Message::binary(frame)
}

fn packets(frame: &[u8]) -> Vec<Vec<u8>> {
    assert_eq!(frame[..5], [2, 0, 0, 0, 0]);
    let (mut packets, mut rest) = (Vec::new(), &frame[5..]);
    while !rest.is_empty() {
        let length = usize::from(u16::from_be_bytes([rest[0], rest[1]]));
        packets.push(rest[2..2 + length].to_vec());
        rest = &rest[2 + length..];
    }
    packets
}

async fn call(gateway: &Gateway) -> Caller {
    Caller::call(gateway, "emb_echo", &["binary", "opus"]).await
}

async fn next(caller: &mut Caller) -> Vec<u8> {
    let Got::Binary(bytes) = caller.line.next().await else {
        panic!("no binary frame");
    };
    bytes
}

/// How alike two sounds are, whatever the codec's delay.
fn alike(one: &[i16], other: &[i16]) -> f64 {
    let product = |one: &[i16], other: &[i16]| -> f64 {
        let pairs = one.iter().zip(other);
        pairs.map(|(&a, &b)| f64::from(a) * f64::from(b)).sum()
    };
    let shifted = |by: usize| {
        let (one, other) = (&one[..one.len() - by], &other[by..]);
        product(one, other) / (product(one, one) * product(other, other)).sqrt()
    };
    (0..400).map(shifted).fold(0.0, f64::max)
}

#[tokio::test]
#[holds("5b.binary-opus", "5b.features-kinds")]
async fn who_speaks_opus_is_heard_and_answered_in_it() {
    let gateway = start(resumable(|_| {})).await;
    let mut caller = call(&gateway).await;
    let mut encoder = Encoder::new(24_000, Channels::Mono, Application::Voip).unwrap();
    let mut decoder = Decoder::new(24_000, Channels::Mono).unwrap();
    let mut heard = Vec::new();
    for three in 0..20 {
        let coded: Vec<_> = (0..3)
            .map(|n| encoder.encode_vec(&tone(three * 3 + n), 1_276).unwrap())
            .collect();
        caller.line.send_raw(frame(&coded)).await;
        for _ in 0..3 {
            for packet in packets(&next(&mut caller).await) {
                let mut samples = [0; 480];
                assert_eq!(decoder.decode(&packet, &mut samples, false).unwrap(), 480);
                heard.extend(samples);
            }
        }
    }
    let said: Vec<_> = (0..60).flat_map(tone).collect();
    let all = |c: &gateway::Call| (c.mic.len() == 60).then(|| c.clone());
    let record = until_call(&gateway, "the packets", all).await;
    let mic: Vec<_> = record.mic.iter().flat_map(|f| f.samples.clone()).collect();
    assert!(alike(&said, &mic) > 0.95, "{}", alike(&said, &mic));
    assert!(alike(&said, &heard) > 0.95, "{}", alike(&said, &heard));
    assert_eq!((record.line.opus_packets, record.malformed), (60, 0));
    // The record has what the client hears.
    assert_eq!(record.sent_samples(), heard);
}

#[tokio::test]
#[holds("5b.change-kind")]
async fn who_goes_back_to_pcm_is_answered_in_it_from_the_next_frame() {
    let gateway = start(resumable(|_| {})).await;
    let mut caller = call(&gateway).await;
    let mut encoder = Encoder::new(24_000, Channels::Mono, Application::Voip).unwrap();
    for _ in 0..2 {
        caller
            .line
            .send_raw(Message::binary(binary(1, 0, &tone(0))))
            .await;
        assert_eq!(read_binary(&next(&mut caller).await), (0, tone(0)));
        let coded = encoder.encode_vec(&tone(0), 1_276).unwrap();
        caller.line.send_raw(frame(&[coded])).await;
        assert_eq!(packets(&next(&mut caller).await).len(), 1);
    }
    // Sound that is no whole packets goes as it is.
    assert_eq!(gateway.record().calls[0].malformed, 0);
}

#[tokio::test]
#[holds("5b.binary-opus")]
async fn a_packet_with_nothing_in_it_is_20_ms_of_what_the_decoder_makes_of_it() {
    let gateway = start(resumable(|_| {})).await;
    let mut caller = call(&gateway).await;
    caller.line.send_raw(frame(&[vec![0xd8], vec![0x68]])).await;
    let two = |c: &gateway::Call| (c.mic.len() == 2).then(|| c.mic.clone());
    let mic = until_call(&gateway, "two packets", two).await;
    assert!(mic.iter().all(|frame| frame.samples.len() == 480));
}

#[tokio::test]
#[holds("5b.binary-opus")]
async fn what_is_no_opus_is_malformed_and_ends_nothing() {
    let gateway = start(resumable(|_| {})).await;
    let mut caller = call(&gateway).await;
    let good = frame(&[vec![0xd8]]);
    let cases: Vec<Vec<u8>> = vec![
        vec![2, 0, 0, 0, 0],                                      // no packet
        vec![2, 0, 0, 0, 0, 0, 0],                                // an empty one
        vec![2, 0, 0, 0, 0, 0, 2, 7],                             // cut short
        vec![2, 0, 0, 0, 0, 0, 1, 0xd8, 0],                       // half a length behind it
        [&[2, 0, 0, 0, 0][..], &[0, 1, 0xd8].repeat(7)].concat(), // seven
        vec![2, 0, 0, 0, 0, 0, 2, 0xdb, 0xff], // a packet that says more frames than it has
        vec![2, 0, 0, 0, 0, 0, 1, 0xf0],       // 10 ms
    ];
    for bytes in &cases {
        caller.line.send_raw(Message::binary(bytes.clone())).await;
    }
    caller.line.send_raw(good).await;
    let one = |c: &gateway::Call| (c.mic.len() == 1).then_some(c.malformed);
    assert_eq!(until_call(&gateway, "the good one", one).await, cases.len());
    caller.line.send(json!({ "type": "stop" })).await;
    assert_eq!(caller.line.next().await.kind(), "");
}
