/* For builds against kernel headers that do not know what io_uring needs. */
#include "loop.h"

#include <errno.h>

int uring_open(struct loop *loop)
{
    (void)loop;
    return -ENOSYS;
}
