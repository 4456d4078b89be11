@_exported public import PithGraph
@_exported public import PithMath
