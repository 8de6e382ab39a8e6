//! Messages that carry open files to another process (`SCM_RIGHTS`).

use std::io::{IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage,
    SendFlags, recvmsg, sendmsg,
};

/// Most files that one message carries.
const MOST: usize = 3;

/// Sends bytes and files in one message.
///
/// # Errors
/// When nobody is at the other end, or less than all of it went.
pub(crate) fn send(socket: &UnixStream, bytes: &[u8], files: &[BorrowedFd<'_>]) -> std::io::Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MOST))];
    let mut with = SendAncillaryBuffer::new(&mut space);
    if !with.push(SendAncillaryMessage::ScmRights(files)) {
        return Err(std::io::Error::other("no room for the open files"));
    }
    let sent = sendmsg(socket, &[IoSlice::new(bytes)], &mut with, SendFlags::NOSIGNAL)?;
    if sent < bytes.len() {
        return Err(std::io::ErrorKind::WriteZero.into());
    }
    Ok(())
}

/// Waits for a message of this length and the files that it carries; `None` where nothing comes: the
/// other end is closed, or the time that the socket waits is over.
///
/// # Errors
/// When the message is shorter, or can't be read.
pub(crate) fn receive(socket: &UnixStream, bytes: &mut [u8]) -> std::io::Result<Option<Vec<OwnedFd>>> {
    let length = bytes.len();
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MOST))];
    let mut with = RecvAncillaryBuffer::new(&mut space);
    let flags = RecvFlags::WAITALL | RecvFlags::CMSG_CLOEXEC;
    match recvmsg(socket, &mut [IoSliceMut::new(bytes)], &mut with, flags) {
        Ok(message) if message.bytes == length => {}
        Ok(message) if message.bytes == 0 => return Ok(None),
        Ok(_) => return Err(std::io::ErrorKind::UnexpectedEof.into()),
        Err(rustix::io::Errno::AGAIN) => return Ok(None),
        Err(error) => return Err(error.into()),
    }
    let files = with.drain().filter_map(|message| match message {
        RecvAncillaryMessage::ScmRights(files) => Some(files),
        _ => None,
    });
    Ok(Some(files.flatten().collect()))
}
