#include "seed.h"

// The file is a content model as `sluice train --compact` writes it; Documentation/content-model.md tells from what.
#pragma clang diagnostic ignored "-Wc23-extensions"
static const unsigned char bytes[] = {
#embed "seed.model"
};

const unsigned char *sluice_seed_model(void) { return bytes; }
size_t sluice_seed_model_size(void) { return sizeof bytes; }
