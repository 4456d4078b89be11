import PithGraph

/// Gives places in one piece of memory to values that live from one step to another: first fit, in the order of the
/// steps.
struct Arena {
    /// A range of bytes.
    struct Block {
        let offset: Int
        let size: Int
    }

    /// The bytes needed so far.
    private(set) var size = 0

    /// What is free below `size`, by offset, no two ranges touching.
    private var free: [Block] = []

    /// A block's boundary, in bytes.
    private let alignment: Int

    /// Bytes that an arena may have: a part of what an address reaches, so that sums do not overflow.
    static let limit = Int.bitWidth > 32 ? 1 << 40 : 1 << 30

    init(alignment: Int) { self.alignment = alignment }

    /// - Throws: `limitExceeded`.
    mutating func allocate(_ bytes: Int) throws(PithError) -> Block {
        guard bytes <= Self.limit, size <= Self.limit else {
            throw PithError(.limitExceeded, "intermediate values take over \(Self.limit) bytes")
        }
        let needed = (bytes + alignment - 1) / alignment * alignment
        if let index = free.firstIndex(where: { $0.size >= needed }) {
            let block = free[index]
            if block.size == needed {
                free.remove(at: index)
            } else {
                free[index] = Block(offset: block.offset + needed, size: block.size - needed)
            }
            return Block(offset: block.offset, size: needed)
        }
        // The last free range may be grown.
        if let last = free.last, last.offset + last.size == size {
            free.removeLast()
            size = last.offset + needed
            return Block(offset: last.offset, size: needed)
        }
        size += needed
        return Block(offset: size - needed, size: needed)
    }

    mutating func release(_ block: Block) {
        guard block.size > 0 else { return }
        let index = free.firstIndex { $0.offset > block.offset } ?? free.count
        free.insert(block, at: index)
        if index + 1 < free.count, block.offset + block.size == free[index + 1].offset {
            free[index] = Block(offset: block.offset, size: block.size + free[index + 1].size)
            free.remove(at: index + 1)
        }
        if index > 0, free[index - 1].offset + free[index - 1].size == block.offset {
            free[index - 1] = Block(offset: free[index - 1].offset, size: free[index - 1].size + free[index].size)
            free.remove(at: index)
        }
    }
}
