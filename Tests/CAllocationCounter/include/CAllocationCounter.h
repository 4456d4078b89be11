// Counts the calls of malloc and its kin on the calling thread, by standing in their place.

#ifndef CALLOCATIONCOUNTER_H
#define CALLOCATIONCOUNTER_H

/// 1 where this build counts, 0 where the functions cannot be replaced.
int allocation_counter_works(void);

/// The calls on this thread since it began.
long allocation_count(void);

#endif
