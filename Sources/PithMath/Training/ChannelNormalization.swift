import CPithKernels
package import PithGraph

/// Normalisation of [N, C, …] by mean and variance of each channel, forward and back.
///
/// A channel's sum is sixteen: the element at position p of its plane goes to sum p mod 16, images ascending, then
/// positions; then the sixteen are added in ascending order from +0. A thread takes whole channels.
package struct ChannelNormalization {
    private let shape: Shape
    private let channels: Int
    /// The planes of the first channel.
    private let planes: pith_rows

    /// - Parameter shape: [N, C, …].
    package init(_ shape: Shape) {
        self.shape = shape
        channels = shape[1]
        let pixels = shape.dimensions[2...].reduce(1, *)
        planes = pith_rows(length: pixels, count: shape[0], pitch: shape[1] * pixels)
    }

    /// The elements of a channel.
    package var count: Int { planes.count * planes.length }

    /// A batch normalised by its own statistics.
    package struct Normalized {
        /// fma(x - mean, scale / √(variance + ε), offset).
        package let output: Tensor
        /// Of each channel.
        package let mean: Tensor
        /// Of each channel, by the count.
        package let variance: Tensor
        /// 1 / √(variance + ε) of each channel.
        package let inverse: Tensor
    }

    /// Normalises a batch by its own mean and variance.
    ///
    /// - Parameters:
    ///   - scale: Of each channel; nil is 1.
    ///   - offset: Of each channel; nil is +0.
    package func normalized(
        _ x: Tensor, scale: Tensor?, offset: Tensor?, epsilon: Float, on compute: Compute
    ) -> Normalized {
        var output = Tensor(uninitialized: .float32, shape)
        var numbers = Tensor(uninitialized: .float32, [3, channels])
        let (isa, planes, channels) = (compute.instructionSet.rawValue, self.planes, self.channels)
        let (scales, offsets, count) = (scale?.floats, offset?.floats, Float(self.count))
        unsafe x.withFloatPointer { x in
            unsafe output.withMutableFloatPointer { y in
                unsafe numbers.withMutableFloatPointer { numbers in
                    compute.pool.forEachRange(of: channels) { range in
                        for channel in range {
                            let first = unsafe x + channel * planes.length
                            let mean = unsafe LaneTotals.sum(first, planes, isa) / count
                            let variance =
                                unsafe LaneTotals.products(first, less: mean, first, less: mean, planes, isa) / count
                            let inverse = 1 / (variance + epsilon).squareRoot()
                            unsafe numbers[channel] = mean
                            unsafe numbers[channels + channel] = variance
                            unsafe numbers[2 * channels + channel] = inverse
                            var planes = planes
                            unsafe pith_normalize_f32(
                                isa, y + channel * planes.length, first, mean, (scales?[channel] ?? 1) * inverse,
                                offsets?[channel] ?? 0, &planes)
                        }
                    }
                }
            }
        }
        let all = numbers.floats
        let row = { (index: Int) in Tensor(Array(all[index * channels..<(index + 1) * channels]), shape: [channels]) }
        return Normalized(output: output, mean: row(0), variance: row(1), inverse: row(2))
    }
}

extension ChannelNormalization {
    /// The gradients of a normalisation.
    package struct Gradients {
        /// Nil where nobody asked for it.
        package let input: Tensor?
        /// Σ g · (x - mean) · r of each channel.
        package let scale: Tensor
        /// Σ g of each channel.
        package let offset: Tensor
    }

    /// The gradients of fma(x - mean, scale · r, offset): that of x is
    /// fma(-(x - mean), dscale · r / n, g - doffset / n) · (scale · r), without the subtracted terms where mean and r do
    /// not depend on x.
    ///
    /// - Parameters:
    ///   - mean: Of each channel.
    ///   - inverse: r of each channel.
    ///   - scale: Of each channel; nil is 1.
    ///   - isOwn: Whether mean and r are those of x.
    ///   - needsInput: Whether the gradient of x is wanted.
    package func gradients(
        _ gradient: Tensor, _ x: Tensor, mean: Tensor, inverse: Tensor, scale: Tensor?, isOwn: Bool = true,
        needsInput: Bool = true, on compute: Compute
    ) -> Gradients {
        var input = Tensor(uninitialized: .float32, needsInput ? shape : [0])
        var sums = Tensor(uninitialized: .float32, [2, channels])
        let (isa, planes, channels, count) = (
            compute.instructionSet.rawValue, self.planes, self.channels, Float(self.count)
        )
        let (means, inverses, scales) = (mean.floats, inverse.floats, scale?.floats)
        unsafe x.withFloatPointer { x in
            unsafe gradient.withFloatPointer { g in
                unsafe input.withMutableFloatPointer { dx in
                    unsafe sums.withMutableFloatPointer { sums in
                        compute.pool.forEachRange(of: channels) { range in
                            for channel in range {
                                let at = channel * planes.length
                                let (mean, inverse) = (means[channel], inverses[channel])
                                let sum = unsafe LaneTotals.sum(g + at, planes, isa)
                                let product = unsafe LaneTotals.products(
                                    g + at, less: 0, x + at, less: mean, planes, isa)
                                let slope = product * inverse
                                unsafe sums[channel] = slope
                                unsafe sums[channels + channel] = sum
                                guard needsInput else { continue }
                                var rule = pith_normalization(
                                    mean: mean, factor: (scales?[channel] ?? 1) * inverse,
                                    shift: isOwn ? sum / count : 0, tilt: isOwn ? slope * inverse / count : 0)
                                var planes = planes
                                unsafe pith_normalize_gradient_f32(isa, dx + at, g + at, x + at, &rule, &planes)
                            }
                        }
                    }
                }
            }
        }
        let all = sums.floats
        return Gradients(
            input: needsInput ? input : nil, scale: Tensor(Array(all[..<channels]), shape: [channels]),
            offset: Tensor(Array(all[channels...]), shape: [channels]))
    }
}
