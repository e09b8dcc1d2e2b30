//! The processes that a process started, from the kernel's own list.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

/// Every descendant of this process.
pub fn below(pid: u32) -> Vec<u32> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten();
    let pairs: Vec<(u32, u32)> = processes
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(|child| Some((child, parent_of(child)?)))
        .collect();
    let mut found = vec![pid];
    let mut next = 0;
    while let Some(&parent) = found.get(next) {
        let children = pairs.iter().filter(|(_, p)| *p == parent);
        found.extend(children.map(|(child, _)| *child));
        next += 1;
    }
    found.split_off(1)
}

/// The process that started this one.
pub fn parent_of(pid: u32) -> Option<u32> {
    after_name(pid)?.split(' ').nth(1)?.parse().ok()
}

/// What each thread of this process has worked so far, in nanoseconds, by the thread's id.
pub fn threads(pid: u32) -> BTreeMap<u32, (String, u64)> {
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task"));
    let tasks = tasks.into_iter().flatten().flatten();
    let worked = |task: std::fs::DirEntry| {
        let read = |name| std::fs::read_to_string(task.path().join(name)).ok();
        let nanos = read("schedstat")?.split(' ').next()?.parse().ok()?;
        let name = read("comm")?.trim_end().to_owned();
        Some((task.file_name().to_str()?.parse().ok()?, (name, nanos)))
    };
    tasks.filter_map(worked).collect()
}

/// The memory that this process shares with no file and no other process.
pub fn private_bytes(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("RssAnon:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1_024)
}

/// The processor time that this process has used, in the kernel's ticks.
pub fn ticks(pid: u32) -> Option<u64> {
    let fields = after_name(pid)?;
    let mut own = fields.split(' ').skip(11);
    let (user, system): (u64, u64) = (own.next()?.parse().ok()?, own.next()?.parse().ok()?);
    Some(user + system)
}

/// `pid (name) state parent …` from the state on; the name may hold anything, brackets too.
fn after_name(pid: u32) -> Option<String> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, after_name) = stat.rsplit_once(") ")?;
    Some(after_name.to_owned())
}

/// At once; a process that is gone already is as good.
pub fn kill(pid: u32) {
    let mut command = Command::new("kill");
    command.args(["-KILL", &pid.to_string()]);
    let _ = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
}
