//! The port of a driver that does not say it: asked of the kernel, which knows the sockets that a
//! process has open and the ports that sockets listen on.

use std::path::Path;

/// The TCP port of 127.0.0.1 that this process listens on, once it does.
pub fn of_process(pid: u32) -> Option<u16> {
    let process = Path::new("/proc").join(pid.to_string());
    let files = std::fs::read_dir(process.join("fd")).ok()?;
    let open: Vec<String> = files
        .filter_map(|file| std::fs::read_link(file.ok()?.path()).ok())
        .map(|target| target.display().to_string())
        .collect();
    let sockets = std::fs::read_to_string(process.join("net/tcp")).ok()?;
    // After a line of titles: "0: 0100007F:B33F 00000000:0000 0A …", the inode in the tenth column.
    sockets.lines().skip(1).find_map(|line| {
        const LISTENS: &str = "0A";
        let columns: Vec<&str> = line.split_whitespace().collect();
        let (address, state, inode) = (columns.get(1)?, columns.get(3)?, columns.get(9)?);
        let port = address.strip_prefix("0100007F:")?;
        let ours = *state == LISTENS && open.contains(&format!("socket:[{inode}]"));
        ours.then(|| u16::from_str_radix(port, 16).ok())?
    })
}
