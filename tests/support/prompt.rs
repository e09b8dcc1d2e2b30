//! The browser's prompt for the microphone, as a visitor meets it: it stays open until it is answered. No
//! driver can open the real one and answer it in three engines.

use serde_json::Value;

use crate::failure::Failure;
use crate::stage::Stage;
use crate::visitor::SOON;

/// For the page's head. Asked anew each time; the stream that comes of it is `window.stream`.
pub const PROMPT: &str = r"<script>
  Permissions.prototype.query = async () => ({ state: 'prompt' });
  const devices = navigator.mediaDevices;
  const getUserMedia = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (wanted) => {
    await new Promise((allow) => { window.allow = allow; });
    return (window.stream = await getUserMedia(wanted));
  };
</script>";

const ALLOW: &str = "window.allow && (allow(), window.allow = undefined, true)";

impl Stage {
    /// The visitor allows the microphone, as soon as they are asked.
    pub async fn allow(&self) -> Result<Value, Failure> {
        self.until(ALLOW, SOON).await
    }
}
