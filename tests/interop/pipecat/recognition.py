"""Speech recognition by PocketSphinx, with the English model of its package. A grammar keeps it to what may be asked of
the workshop: within that it is quick and good, and beyond it knows that it does not know.
"""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

from pocketsphinx import Decoder

from pipecat.frames.frames import (
    Frame,
    InterimTranscriptionFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.services.settings import STTSettings
from pipecat.services.stt_service import STTService
from pipecat.utils.time import time_now_iso8601

GRAMMAR = Path(__file__).with_name("workshop.gram")
RATE_HZ = 16_000

# What was said before voice activity was sure of itself: its own 0.13 s, and the soft sounds before that.
LEAD_BYTES = int(0.4 * RATE_HZ) * 2

# Sentences of the grammar, spoken clearly, score above 0.4; others below 0.25 (espeak-ng's voices).
SURE = 0.3

# Half a second's work in one go would keep the event loop of all calls; a fifth is some 10 ms.
INTERIM_BYTES = int(0.2 * RATE_HZ) * 2


class SphinxSTT(STTService):
    """Recognises each stretch of speech while it lasts, and has the whole a few milliseconds after its end."""

    def __init__(self):
        super().__init__(
            sample_rate=RATE_HZ,
            ttfs_p99_latency=0.1,
            settings=STTSettings(model="en-us", language=None),
        )
        self._decoder = Decoder(samprate=RATE_HZ, loglevel="FATAL", lm=None)
        self._decoder.add_jsgf_string("workshop", GRAMMAR.read_text())
        self._decoder.activate_search("workshop")
        self._lead = bytearray()
        self._speech = bytearray()
        self._hears = False
        self._told = ""

    async def run_stt(self, audio: bytes) -> AsyncGenerator[Frame | None, None]:
        if not self._hears:
            self._lead += audio
            del self._lead[:-LEAD_BYTES]
            return
        self._speech += audio
        if len(self._speech) < INTERIM_BYTES:
            return
        text = await asyncio.to_thread(self._decode)
        if text and text != self._told:
            self._told = text
            yield InterimTranscriptionFrame(text, "", time_now_iso8601())

    def _decode(self) -> str:
        speech, self._speech = bytes(self._speech), bytearray()
        if speech:
            self._decoder.process_raw(speech, False, False)
        said = self._decoder.hyp()
        return said.hypstr if said else ""

    def _finish(self) -> str:
        self._decode()
        self._decoder.end_utt()
        said = self._decoder.hyp()
        return said.hypstr if said and said.score >= SURE else ""

    async def _handle_vad_user_started_speaking(self, frame: VADUserStartedSpeakingFrame):
        await super()._handle_vad_user_started_speaking(frame)
        if not self._hears:
            self._decoder.start_utt()
            self._speech, self._lead = self._lead, bytearray()
            self._hears, self._told = True, ""

    async def _handle_vad_user_stopped_speaking(self, frame: VADUserStoppedSpeakingFrame):
        await super()._handle_vad_user_stopped_speaking(frame)
        if not self._hears:
            return
        self._hears = False
        text = await asyncio.to_thread(self._finish)
        await self.push_frame(
            TranscriptionFrame(text or "…", "", time_now_iso8601(), finalized=True)
        )

    async def cleanup(self):
        await super().cleanup()
        if self._hears:
            self._hears = False
            self._decoder.end_utt()
