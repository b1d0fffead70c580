"""Emails of voicemail as telephone systems send them, with short recordings that a player plays."""

import io
import struct
import wave
from email.message import EmailMessage

# A frame of MPEG-1 layer III, 128 kbit/s, 44.1 kHz: its header, and silence.
MP3 = (bytes.fromhex("fffb9000") + bytes(413)) * 4
OGG = b"OggS" + bytes(60)
PHONE = "(617) 555-0142"


def wav(seconds: float = 0.1) -> bytes:
    """Silence, 8,000 samples a second."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(struct.pack("<h", 0) * int(8000 * seconds))
    return out.getvalue()


def voicemail(
    transcript: str = "",
    *,
    audio: bytes | None = None,
    name: str = "msg.wav",
    kind: str = "audio/x-wav",
    phone: str = PHONE,
    message_id: str = "<1@pbx.example>",
) -> bytes:
    message = EmailMessage()
    message["From"] = "Voicemail <pbx@rivermark.example>"
    message["To"] = "voicemail@rivermark.example"
    message["Subject"] = f"New voicemail from {phone} in mailbox 311"
    if message_id:
        message["Message-ID"] = message_id
    message.set_content(transcript or "A message is attached.")
    if audio is not None:
        main, _, sub = kind.partition("/")
        message.add_attachment(audio, maintype=main, subtype=sub, filename=name)
    return message.as_bytes()
