//! A call on disk: numbers as JSON, and both directions' sound as WAV files beside it.

use std::fs;
use std::io;
use std::path::Path;

use serde_json::{Value, json};

use super::record::{Call, Record};
use super::wire::RATE_HZ;

/// Writes the whole record to `file`, and `<stem>-call-<n>-mic.wav` and `…-sent.wav` beside it for
/// each call that has ended (n from 1).
///
/// # Errors
/// When the folder cannot be written.
pub fn write(file: &Path, record: &Record) -> io::Result<()> {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let mut calls = Vec::new();
    for (call, number) in record.calls.iter().zip(1..) {
        let mic = format!("{stem}-call-{number}-mic.wav");
        let sent = format!("{stem}-call-{number}-sent.wav");
        if call.ended.is_some() {
            wav(&file.with_file_name(&mic), &call.mic_samples())?;
            wav(&file.with_file_name(&sent), &call.sent_samples())?;
        }
        calls.push(in_numbers(call, &mic, &sent));
    }
    let report = json!({
        "requests": record.requests.iter().map(|r| json!({
            "listener": format!("{:?}", r.listener).to_lowercase(),
            "method": r.method,
            "path": r.path,
            "origin": r.origin,
            "status": r.status,
        })).collect::<Vec<_>>(),
        "tokens": record.tokens.len(),
        "releases": record.releases.len(),
        "refusals": record.refusals.iter().map(|r| json!({ "code": r.code, "reason": r.reason }))
            .collect::<Vec<_>>(),
        "calls": calls,
    });
    // Beside it first, then renamed: whoever polls for the file never reads half of it.
    let draft = file.with_extension("partial");
    fs::write(&draft, format!("{report:#}\n"))?;
    fs::rename(draft, file)
}

fn in_numbers(call: &Call, mic: &str, sent: &str) -> Value {
    // Milliseconds since `started`; for what came before, there is none.
    let since_start = |at: std::time::Instant| {
        let millis = at.checked_duration_since(call.started?)?.as_millis();
        u64::try_from(millis).ok()
    };
    json!({
        "id": call.id,
        "embed": call.embed,
        "browser": call.browser,
        "agent": call.agent,
        "agentFaults": call.agent_faults,
        "started": call.started.is_some(),
        "durationMs": call.ended.and_then(since_start),
        "endedBy": call.ended_by.map(|by| format!("{by:?}").to_lowercase()),
        "closeCode": call.close_code,
        "malformed": call.malformed,
        "features": call.line.features,
        "lostMs": call.line.lost.iter().map(|&at| since_start(at)).collect::<Vec<_>>(),
        "resumed": call.line.resumed.iter().map(|r| json!({
            "atMs": since_start(r.at), "received": r.received, "told": r.told, "lateMs": r.late_ms,
        })).collect::<Vec<_>>(),
        "micFrames": call.mic.len(),
        "micBytes": call.mic.iter().map(|f| f.bytes).sum::<usize>(),
        "micArrivalsMs": call.mic.iter().map(|f| since_start(f.at)).collect::<Vec<_>>(),
        "micWav": mic,
        "sentFrames": call.sent.len(),
        "sentWav": sent,
        "transcripts": call.transcripts.iter().map(|t| json!({
            "role": t.role, "text": t.text, "seq": t.seq, "atMs": since_start(t.at),
        })).collect::<Vec<_>>(),
        "clearsMs": call.clears.iter().map(|&at| since_start(at)).collect::<Vec<_>>(),
        "control": call.control.iter().map(|c| json!({ "type": c.kind, "atMs": since_start(c.at) }))
            .collect::<Vec<_>>(),
    })
}

fn wav(file: &Path, samples: &[i16]) -> io::Result<()> {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: RATE_HZ,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let write = || {
        let mut writer = hound::WavWriter::create(file, spec)?;
        for &sample in samples {
            writer.write_sample(sample)?;
        }
        writer.finalize()
    };
    write().map_err(io::Error::other)
}
