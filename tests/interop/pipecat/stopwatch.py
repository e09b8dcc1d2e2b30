"""Writes for each turn a line of JSON: how long it took voice activity, recognition and speech to do their part."""

import json
import time

from pipecat.frames.frames import (
    Frame,
    TranscriptionFrame,
    TTSAudioRawFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor


class Stopwatch(FrameProcessor):
    """Stands before the transport's output, where all three have passed."""

    def __init__(self):
        super().__init__()
        self._turn: dict[str, float] = {}
        self._since = 0.0

    async def process_frame(self, frame: Frame, direction: FrameDirection):
        await super().process_frame(frame, direction)
        if isinstance(frame, VADUserStoppedSpeakingFrame):
            # So long it had been silent when voice activity was sure.
            self._turn = {"voiceMs": round(frame.stop_secs * 1000)}
            self._since = time.monotonic()
        elif isinstance(frame, TranscriptionFrame) and self._turn:
            self._turn["recognitionMs"] = self._lap()
        elif isinstance(frame, TTSAudioRawFrame) and "recognitionMs" in self._turn:
            self._turn["speechMs"] = self._lap()
            print(json.dumps(self._turn), flush=True)
            self._turn = {}
        await self.push_frame(frame, direction)

    def _lap(self) -> int:
        now = time.monotonic()
        milliseconds = round((now - self._since) * 1000)
        self._since = now
        return milliseconds
