import CPithKernels
package import PithGraph

/// Sums over everything but the channels of [N, C, …], and what is done with them per channel.
///
/// A channel's sum is sixteen: the element at position p of its plane goes to sum p mod 16, images ascending, then
/// positions; then the sixteen are added in ascending order from +0.
package struct ChannelSums {
    private let shape: Shape
    private let images: Int
    private let channels: Int
    private let pixels: Int

    /// - Parameter shape: [N, C, …].
    package init(_ shape: Shape) {
        self.shape = shape
        images = shape[0]
        channels = shape[1]
        pixels = shape.dimensions[2...].reduce(1, *)
    }

    /// The elements of a channel.
    package var count: Int { images * pixels }

    /// Mean and variance of each channel, the variance by the count.
    package func statistics(of x: Tensor, on compute: Compute) -> (mean: Tensor, variance: Tensor) {
        let (isa, count, pixels) = (compute.instructionSet.rawValue, Float(self.count), self.pixels)
        return unsafe x.withFloatPointer { x in
            var mean = unsafe sums(on: compute) { lanes, _, first in
                unsafe pith_lane_sums_f32(isa, lanes, x + first, pixels)
            }
            for channel in mean.indices { mean[channel] /= count }
            var variance = unsafe sums(on: compute) { lanes, channel, first in
                unsafe pith_lane_products_f32(
                    isa, lanes, x + first, mean[channel], x + first, mean[channel], pixels)
            }
            for channel in variance.indices { variance[channel] /= count }
            return (Tensor(mean, shape: [channels]), Tensor(variance, shape: [channels]))
        }
    }

    /// Σ g and Σ g · (x - mean) of each channel.
    package func gradientSums(
        _ gradient: Tensor, _ x: Tensor, mean: Tensor, on compute: Compute
    ) -> (gradient: Tensor, product: Tensor) {
        let (isa, pixels, means) = (compute.instructionSet.rawValue, self.pixels, mean.floats)
        return unsafe x.withFloatPointer { x in
            unsafe gradient.withFloatPointer { g in
                let gradients = unsafe sums(on: compute) { lanes, _, first in
                    unsafe pith_lane_sums_f32(isa, lanes, g + first, pixels)
                }
                let products = unsafe sums(on: compute) { lanes, channel, first in
                    unsafe pith_lane_products_f32(isa, lanes, g + first, 0, x + first, means[channel], pixels)
                }
                return (Tensor(gradients, shape: [channels]), Tensor(products, shape: [channels]))
            }
        }
    }

    /// fma(x - mean, factor, offset), with numbers per channel.
    package func normalized(
        _ x: Tensor, mean: Tensor, factor: Tensor, offset: Tensor, on compute: Compute
    ) -> Tensor {
        let (isa, pixels) = (compute.instructionSet.rawValue, self.pixels)
        let (mean, factor, offset) = (mean.floats, factor.floats, offset.floats)
        return unsafe planes(x, on: compute) { y, x, channel in
            unsafe pith_normalize_f32(isa, y, x, mean[channel], factor[channel], offset[channel], pixels)
        }
    }

    /// (g - shift - (x - mean) · tilt) · factor, with numbers per channel.
    package func inputGradient(
        _ gradient: Tensor, _ x: Tensor, mean: Tensor, factor: Tensor, shift: Tensor, tilt: Tensor,
        on compute: Compute
    ) -> Tensor {
        let (isa, pixels) = (compute.instructionSet.rawValue, self.pixels)
        let (mean, factor, shift, tilt) = (mean.floats, factor.floats, shift.floats, tilt.floats)
        let rules = (0..<channels).map {
            pith_normalization(
                mean: mean[$0], factor: factor[$0], shift: shift[$0], tilt: tilt[$0])
        }
        var result = Tensor(uninitialized: .float32, shape)
        unsafe result.withMutableFloatPointer { y in
            unsafe x.withFloatPointer { x in
                unsafe gradient.withFloatPointer { g in
                    compute.pool.forEach(count: images * channels) { plane in
                        var rule = rules[plane % channels]
                        let first = plane * pixels
                        unsafe pith_normalize_gradient_f32(isa, y + first, g + first, x + first, &rule, pixels)
                    }
                }
            }
        }
        return result
    }
}

extension ChannelSums {
    /// For each channel its sixteen sums, added up.
    ///
    /// - Parameter add: Adds the plane that begins at a position to the sums.
    private func sums(
        on compute: Compute, _ add: (_ lanes: UnsafeMutablePointer<Float>, _ channel: Int, _ first: Int) -> Void
    ) -> [Float] {
        let lanes = Int(PITH_PANEL_WIDTH)
        var result = Tensor(zeros: [channels, lanes])
        unsafe result.withMutableFloatPointer { sums in
            compute.pool.forEach(count: channels) { channel in
                for image in 0..<images {
                    unsafe add(sums + channel * lanes, channel, (image * channels + channel) * pixels)
                }
            }
        }
        let all = result.floats
        return (0..<channels).map { channel in
            var sum: Float = 0
            for lane in 0..<lanes { sum += all[channel * lanes + lane] }
            return sum
        }
    }

    /// A function of each plane.
    private func planes(
        _ x: Tensor, on compute: Compute,
        _ function: (_ y: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, _ channel: Int) -> Void
    ) -> Tensor {
        var result = Tensor(uninitialized: .float32, shape)
        unsafe result.withMutableFloatPointer { y in
            unsafe x.withFloatPointer { x in
                compute.pool.forEach(count: images * channels) { plane in
                    unsafe function(y + plane * pixels, x + plane * pixels, plane % channels)
                }
            }
        }
        return result
    }
}
