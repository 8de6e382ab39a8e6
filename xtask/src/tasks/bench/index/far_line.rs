//! A line to a server on this machine that is as slow as one to a server far away.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{sleep, spawn};
use std::time::{Duration, Instant};

/// There and back.
pub(super) const ROUND_TRIP: Duration = Duration::from_millis(40);
/// Bytes a second from the server, all connections together.
pub(super) const RATE: f64 = 20e6;
/// Bytes that are passed on at a time, and how many such pieces may be on their way: more than the
/// line holds.
const PIECE: usize = 16 << 10;
const ON_THE_WAY: usize = 128;

/// A piece, and when it arrives.
type Piece = (Instant, Vec<u8>);

/// Opens such a line to the server on the port `to`, and gives the port at its near end. It stays
/// open as long as this process.
pub(super) fn to(to: u16) -> std::io::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let port = listener.local_addr()?.port();
    let free_at = Arc::new(Mutex::new(Instant::now()));
    spawn(move || {
        for near in listener.incoming().flatten() {
            let free_at = free_at.clone();
            // A connection that breaks off is seen at its ends.
            spawn(move || relay(&near, to, &free_at));
        }
    });
    Ok(port)
}

fn relay(near: &TcpStream, to: u16, free_at: &Arc<Mutex<Instant>>) -> std::io::Result<()> {
    // Neither end hears of a connection sooner.
    sleep(ROUND_TRIP);
    let far = TcpStream::connect((Ipv4Addr::LOCALHOST, to))?;
    near.set_nodelay(true)?;
    far.set_nodelay(true)?;
    let free_at = free_at.clone();
    let answers = one_way(far.try_clone()?, near.try_clone()?, move |length| {
        let mut free_at = free_at.lock().unwrap_or_else(PoisonError::into_inner);
        *free_at = (*free_at).max(Instant::now()) + Duration::from_secs_f64(length as f64 / RATE);
        *free_at + ROUND_TRIP / 2
    });
    let requests = one_way(near.try_clone()?, far, |_| Instant::now() + ROUND_TRIP / 2);
    for done in [requests, answers] {
        let _ = done.join();
    }
    Ok(())
}

/// Passes on what comes, each piece when `arrival` says for its length.
fn one_way(
    from: TcpStream,
    to: TcpStream,
    arrival: impl Fn(usize) -> Instant + Send + 'static,
) -> std::thread::JoinHandle<()> {
    let (sender, receiver) = sync_channel(ON_THE_WAY);
    spawn(move || receive(from, &sender, arrival));
    spawn(move || deliver(to, &receiver))
}

fn receive(mut from: TcpStream, sender: &SyncSender<Piece>, arrival: impl Fn(usize) -> Instant) {
    let mut piece = vec![0; PIECE];
    while let Ok(length @ 1..) = from.read(&mut piece) {
        if sender.send((arrival(length), piece[..length].to_vec())).is_err() {
            return;
        }
    }
}

fn deliver(mut to: TcpStream, receiver: &Receiver<Piece>) {
    for (at, piece) in receiver {
        sleep(at.saturating_duration_since(Instant::now()));
        if to.write_all(&piece).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}
