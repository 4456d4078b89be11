@_exported public import PithGraph
@_exported public import PithMath

@_exported public import struct PithFormat.Metadata
@_exported public import enum PithFormat.OutputKind
@_exported public import struct PithFormat.ReadingLimits
@_exported public import struct PithFormat.ReadingOptions
