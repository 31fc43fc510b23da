/* Brings memory near without waiting for it: Swift has no word for that. */
static inline void sluice_prefetch(const void *place) { __builtin_prefetch(place); }
