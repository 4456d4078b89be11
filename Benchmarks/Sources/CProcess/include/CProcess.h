// What the benchmarks ask of the process that they are.

#ifndef CPROCESS_H
#define CPROCESS_H

/// The greatest memory that this process has had, in KB.
long peak_kilobytes(void);

/// Makes standard output hand over each line at once.
void write_line_by_line(void);

#endif
