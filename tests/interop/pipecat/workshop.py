"""What the bicycle workshop answers. Rules, and no model: put your own LLM in the place of this file's last class."""

import re
from dataclasses import dataclass

from pipecat.frames.frames import (
    EndWorkerFrame,
    Frame,
    OutputTransportMessageUrgentFrame,
    TranscriptionFrame,
    TTSSpeakFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

GREETING = "Bicycle workshop, good day. What can I do for you?"

WEEK = "From Monday to Friday we are open from nine to six, and on Saturday from ten to two. On Sunday we are closed."
HOURS = {
    "saturday": "On Saturday we are open from ten to two.",
    "sunday": "On Sunday we are closed.",
}
PRICES = {
    "tire": "A new tire is thirty five euros, with the work.",
    "tube": "A new tube is eighteen euros, with the work.",
    "flat": "A flat tire is eighteen euros, with a new tube.",
    "service": "A service is seventy nine euros. We look at brakes, gears, chain and both wheels, we clean and oil "
    "what needs it, and we tell you before we change any part that costs more.",
    "brakes": "New brakes are forty five euros for one wheel.",
    "chain": "A new chain is forty euros, with the work.",
}
READY = "Yes, your bike is ready. You can take it home until six today."
FAREWELL = "Thank you for calling. Goodbye!"
NOT_UNDERSTOOD = "I am sorry, I did not understand that. You can ask for opening hours, for prices, or for your bike."


@dataclass(frozen=True)
class Answer:
    """What is said, and whether the call is over then."""

    text: str
    is_goodbye: bool = False


def answer(question: str) -> Answer:
    """The answer to what was recognised; nothing recognised is an empty question."""
    words = re.findall(r"[a-z]+", question.lower())
    if "thank" in words or "goodbye" in words:
        return Answer(FAREWELL, is_goodbye=True)
    if "ready" in words:
        return Answer(READY)
    if "flat" in words:
        return Answer(PRICES["flat"])
    for word in words:
        if word in PRICES:
            return Answer(PRICES[word])
    if {"open", "opening", "close"} & set(words):
        day = next((word for word in words if word.endswith("day")), None)
        if day is None:
            return Answer(WEEK)
        return Answer(HOURS.get(day, f"On {day.capitalize()} we are open from nine to six."))
    return Answer(NOT_UNDERSTOOD)


class Workshop(FrameProcessor):
    """Answers what the visitor has said."""

    async def process_frame(self, frame: Frame, direction: FrameDirection):
        await super().process_frame(frame, direction)
        await self.push_frame(frame, direction)
        if isinstance(frame, TranscriptionFrame):
            await self._say(answer(frame.text))

    async def _say(self, reply: Answer):
        if reply.is_goodbye:
            # From here on the visitor's microphone is not needed; `end_call` follows the last word.
            ending = OutputTransportMessageUrgentFrame(message={"type": "agent_ending"})
            await self.push_frame(ending)
        await self.push_frame(TTSSpeakFrame(reply.text))
        if reply.is_goodbye:
            await self.push_frame(EndWorkerFrame())
