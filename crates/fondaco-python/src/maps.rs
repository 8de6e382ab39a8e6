//! Maps of names: hashed fast, and with another seed in each process, because whoever wrote the
//! names may want them to collide.

/// A map; its order means nothing.
pub(crate) type Map<K, V> = std::collections::HashMap<K, V, foldhash::fast::RandomState>;
/// A set; its order means nothing.
pub(crate) type Set<K> = std::collections::HashSet<K, foldhash::fast::RandomState>;

/// The most entries for which room is made beforehand.
const MAX_ROOM: usize = 1 << 14;

/// A map of what a source of `bytes` has one of in every so many: growing hashes all names again.
pub(crate) fn with_room<K, V>(bytes: usize, every: usize) -> Map<K, V> {
    Map::with_capacity_and_hasher((bytes / every).min(MAX_ROOM), Default::default())
}
