import PithGraph
import PithMath
import Testing

@Suite("Tensor") struct TensorTests {
    @Test("bytes are little-endian and row-major, both ways")
    func bytes() throws {
        let tensor = Tensor([1, -2] as [Float], shape: [2])
        #expect(tensor.bytes == [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0])
        #expect(try Tensor(bytes: tensor.bytes, elementType: .float32, shape: [2]) == tensor)
        #expect(Tensor(integers: [258], shape: [1]).bytes == [2, 1, 0, 0, 0, 0, 0, 0])
        #expect(Tensor(zeros: [0, 3]).bytes == [])
    }

    @Test("a wrong count of bytes is an error")
    func wrongByteCount() {
        #expect { try Tensor(bytes: [0, 0, 0], elementType: .float32, shape: [1]) } throws: { error in
            (error as? PithError)?.code == .shapeMismatch
        }
    }

    @Test("halves widen exactly and narrow to nearest even")
    func conversion() throws {
        let half = try Tensor(bytes: [0x00, 0x3C, 0x01, 0x00], elementType: .float16, shape: [2])
        #expect(half.floats == [1, 0x1p-24])
        let brain = try Tensor(bytes: [0x80, 0x3F, 0xC0, 0xFF], elementType: .bfloat16, shape: [2])
        #expect(brain.floats[0] == 1)
        #expect(brain.floats[1].isNaN)
        let narrow = Tensor([0x1.01p0, 0x1.03p0, 1e5], shape: [3])
        #expect(try narrow.converted(to: .bfloat16).bytes == [0x80, 0x3F, 0x82, 0x3F, 0xC3, 0x47])
        #expect(try narrow.converted(to: .float16).converted(to: .float32).floats[2] == .infinity)
        #expect { try narrow.converted(to: .int8) } throws: { error in
            (error as? PithError)?.code == .unsupportedOperation
        }
    }

    @Test("copies keep their values when another is written to")
    func valueSemantics() throws {
        let original = Tensor([1, 2] as [Float], shape: [2])
        var copy = try original.reshaped(to: [2, 1])
        unsafe copy.withMutableFloatPointer { unsafe $0[0] = 9 }
        #expect(original.floats == [1, 2])
        #expect(copy.floats == [9, 2])
    }

    @Test("equality compares bits and shape")
    func equality() throws {
        #expect(Tensor([0.0], shape: [1]) != Tensor([-0.0], shape: [1]))
        #expect(Tensor([.nan], shape: [1]) == Tensor([.nan], shape: [1]))
        #expect(Tensor([1, 2] as [Float], shape: [2]) != Tensor([1, 2] as [Float], shape: [1, 2]))
    }

    @Test("reshaping keeps the count of elements")
    func reshaping() {
        #expect { try Tensor(zeros: [6]).reshaped(to: [4]) } throws: { error in
            (error as? PithError)?.code == .shapeMismatch
        }
    }

    #if os(Linux)
        @Test("memory of a model is there for as much as fills most of a huge page, and in parts that do not overlap")
        func weightMemory() throws {
            #expect(WeightMemory(for: 0) == nil)
            #expect(WeightMemory(for: 1_000_000) == nil)
            let memory = try #require(WeightMemory(for: 5_000_000))
            #expect(unsafe memory.take(0) == nil)
            #expect(unsafe memory.take(6_000_000) == nil)
            var ends: [UInt] = []
            for size in [1, 64, 4_000_000, 999_000] {
                let part = try unsafe #require(memory.take(size))
                let start = UInt(bitPattern: part.baseAddress)
                #expect(part.count == size && start % 64 == 0 && start >= ends.last ?? 0)
                unsafe part.initializeMemory(as: UInt8.self, repeating: UInt8(ends.count + 1))
                ends.append(start + UInt(size))
            }
            #expect(ends[3] - ends[0] < 5_000_000)
            #expect(unsafe memory.take(5_000) == nil)
        }

        @Test("a tensor in memory of a model keeps it and is written in place; without room it has memory of its own")
        func tensorInMemory() throws {
            var tensor: Tensor
            do {
                let memory = try #require(WeightMemory(for: 2_000_000))
                tensor = Tensor(uninitialized: .float32, [500_000], in: memory)
                #expect(unsafe memory.take(200_000) == nil)
                let other = Tensor(uninitialized: .float32, [50_000], in: memory)
                #expect(!other.isBorrowed && !other.sharesMemory(with: tensor))
            }
            #expect(!tensor.isBorrowed)
            unsafe tensor.withMutableFloatPointer { for index in 0..<500_000 { unsafe $0[index] = Float(index) } }
            #expect(tensor.floats == (0..<500_000).map { Float($0) })
        }
    #endif
}
