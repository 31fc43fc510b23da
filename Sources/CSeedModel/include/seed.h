#ifndef SLUICE_SEED_H
#define SLUICE_SEED_H

#include <stddef.h>

/// The seed model's bytes: part of the program, so that it needs no file beside it.
const unsigned char *sluice_seed_model(void);
size_t sluice_seed_model_size(void);

#endif
