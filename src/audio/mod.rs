//! AUDIO WORKLET: microphone → packets, packets → speaker.
