"""Kernels of closed tabs: each holds 600 to 800 MB, so that only the last used ones are kept."""

from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager

KEPT = 2


class FewKernels(AsyncMappingKernelManager):
    """Ends idle kernels that no tab is connected to, except the last used kernels, when another kernel starts."""

    async def _async_start_kernel(self, **options):
        closed = [
            (kernel.last_activity, kernel_id)
            for kernel_id, kernel in self._kernels.items()
            if self._kernel_connections.get(kernel_id) == 0 and getattr(kernel, "execution_state", None) == "idle"
        ]
        for _, kernel_id in sorted(closed)[:-KEPT]:
            await self.shutdown_kernel(kernel_id)
        return await super()._async_start_kernel(**options)

    start_kernel = _async_start_kernel
