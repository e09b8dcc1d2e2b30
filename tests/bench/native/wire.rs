//! Frames of the wire with 20 ms of sound, and the same by the crates that one would take.

use std::hint::black_box;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use criterion::Criterion;
use serde::{Deserialize, Serialize};
use vocadesk_embed::protocol::frames::{self, FrameObject};

use super::PEER;

#[derive(Serialize)]
struct Sent<'a> {
    r#type: &'a str,
    data: String,
}

/// What a server may send, as one would write it down for serde.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[allow(dead_code)]
enum Received {
    Started {
        #[serde(rename = "callId")]
        call_id: String,
    },
    Audio {
        data: String,
    },
    Clear,
    Error {
        message: String,
    },
}

pub fn frames(criterion: &mut Criterion) {
    let pcm: Vec<u8> = (0..960u32).map(|n| (n * 37 % 251) as u8).collect();
    let mut text = String::new();
    let mut group = criterion.benchmark_group("frame written");
    group.bench_function("ours", |b| {
        b.iter(|| frames::write_audio(&mut text, black_box(&pcm), None));
    });
    group.bench_function(PEER, |b| {
        b.iter(|| {
            let data = STANDARD.encode(black_box(&pcm));
            serde_json::to_string(&Sent {
                r#type: "audio",
                data,
            })
        });
    });
    group.finish();

    let mut group = criterion.benchmark_group("frame read");
    // In a browser `JSON.parse` makes the object; `scripts/bench call` measures that.
    group.bench_function("ours", |b| {
        b.iter(|| {
            let object: FrameObject = serde_json::from_str(black_box(&text)).ok()?;
            object.read()
        });
    });
    group.bench_function(PEER, |b| {
        b.iter(|| match serde_json::from_str(black_box(&text)) {
            Ok(Received::Audio { data }) => STANDARD.decode(data).ok(),
            _ => None,
        });
    });
    group.finish();
}
