"""How many words a recogniser gets wrong of a recording: python word_errors.py SPEECH.wav SENTENCES.txt

The recording (16 bit, mono) has the sentences of the file, one a line, with pauses between them that are longer than those of speech. Two
recognisers hear it: PocketSphinx with the workshop's grammar, as the agent of `pipecat/` has it, and with the general English
model of its package, which knows nothing of bicycles and gets wrong more than a few words even of clean sound.

Prints one line of JSON: words, sentences found, and the errors (words left out, put in, or taken for others) of either.
"""

import json
import sys
import wave
from array import array
from itertools import pairwise
from pathlib import Path

from pocketsphinx import Decoder

GRAMMAR = Path(__file__).parent / "pipecat" / "workshop.gram"

# Of full scale: quieter than speech by far, louder than the silence of either kind of frame.
QUIET = 300
WINDOW_SECS = 0.02

# The pauses between sentences are 1.5 s long, those within them below a third of a second.
PAUSE_SECS = 0.8

# A recogniser wants to hear that nobody spoke before.
AROUND_SECS = 0.25


def sentences_of(samples: array, rate: int) -> list[bytes]:
    """The recording, cut in the middle of nothing: each sentence with a little silence around it."""
    window = int(WINDOW_SECS * rate)
    loud = [
        at
        for at in range(0, len(samples) - window, window)
        if max(map(abs, samples[at : at + window])) > QUIET
    ]
    if not loud:
        return []
    breaks = [(end, start) for end, start in pairwise(loud) if start - end > PAUSE_SECS * rate]
    starts = [loud[0], *(start for _, start in breaks)]
    ends = [*(end for end, _ in breaks), loud[-1]]
    around = int(AROUND_SECS * rate)
    cuts = zip(starts, ends, strict=True)
    return [samples[max(0, start - around) : end + window + around].tobytes() for start, end in cuts]


def recognise(decoder: Decoder, sound: bytes) -> list[str]:
    decoder.start_utt()
    decoder.process_raw(sound, full_utt=True)
    decoder.end_utt()
    said = decoder.hyp()
    return said.hypstr.split() if said else []


def word_errors(said: list[str], understood: list[str]) -> int:
    """Levenshtein's distance, by words."""
    row = list(range(len(understood) + 1))
    for i, word in enumerate(said, 1):
        before, row = row, [i]
        for j, other in enumerate(understood, 1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (word != other)))
    return row[-1]


def decoders(rate: int) -> dict[str, Decoder]:
    grammar = Decoder(samprate=rate, loglevel="FATAL", lm=None)
    grammar.add_jsgf_string("workshop", GRAMMAR.read_text())
    grammar.activate_search("workshop")
    return {"grammar": grammar, "general": Decoder(samprate=rate, loglevel="FATAL")}


def main(speech: str, sentences: str):
    with wave.open(speech) as file:
        rate = file.getframerate()
        samples = array("h", file.readframes(file.getnframes()))
    said = [line.split() for line in Path(sentences).read_text().splitlines()]
    heard = sentences_of(samples, rate)
    figures = {"words": sum(map(len, said)), "sentences": len(heard)}
    if len(heard) == len(said):
        for name, decoder in decoders(rate).items():
            understood = (recognise(decoder, sound) for sound in heard)
            errors = map(word_errors, said, understood)
            figures[name] = sum(errors)
    print(json.dumps(figures))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
