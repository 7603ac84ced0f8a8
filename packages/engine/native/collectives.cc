// Sums over processes ("ranks"): TensorFlow's ring all-reduce between gRPC servers, one in each process.
//
// The server and its operations live in a context of their own, so that the engine's context, its devices and its recorded
// functions are the same with and without it. binding.mjs appends these methods to the package's tfjs_backend.cc.

#include <arpa/inet.h>
#include <link.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "tensorflow/c/c_api_experimental.h"

extern "C" TF_Buffer *TFE_GetServerDef(const char *text_proto, TF_Status *status);

namespace tfnodejs {

// TensorFlow's server listens on every interface of the machine, whatever address it is given. So its calls of bind() come
// here: where they ask for any address with the server's port, they get the one address that others are told.
static struct {
  uint16_t port = 0;
  in6_addr address;  // as IPv6: an IPv4 address is mapped
  bool is_bound = false;
} listener;

static int BindToListener(int socket, const sockaddr *wanted, socklen_t length) {
  sockaddr_storage narrowed = {};
  if (length > sizeof(narrowed)) return bind(socket, wanted, length);
  memcpy(&narrowed, wanted, length);
  auto *v6 = reinterpret_cast<sockaddr_in6 *>(&narrowed);
  auto *v4 = reinterpret_cast<sockaddr_in *>(&narrowed);
  static const uint8_t kMapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  const bool mapped_any = memcmp(&v6->sin6_addr, kMapped, 12) == 0 && v6->sin6_addr.s6_addr32[3] == 0;
  const bool any6 = wanted->sa_family == AF_INET6 && v6->sin6_port == htons(listener.port) &&
                    (IN6_IS_ADDR_UNSPECIFIED(&v6->sin6_addr) || mapped_any);
  const bool any4 = wanted->sa_family == AF_INET && v4->sin_port == htons(listener.port) &&
                    v4->sin_addr.s_addr == htonl(INADDR_ANY);
  if (any6) v6->sin6_addr = listener.address;
  if (any4) v4->sin_addr.s_addr = listener.address.s6_addr32[3];
  const int result = bind(socket, reinterpret_cast<sockaddr *>(&narrowed), length);
  if ((any6 || any4) && result == 0) listener.is_bound = true;
  return result;
}

// Points the entries of bind() in the tables of TensorFlow's libraries to BindToListener.
static int RedirectBind(dl_phdr_info *info, size_t, void *) {
  if (strstr(info->dlpi_name, "libtensorflow") == nullptr) return 0;
  const ElfW(Sym) *symbols = nullptr;
  const char *names = nullptr;
  const ElfW(Rela) *tables[2] = {nullptr, nullptr};
  size_t bytes[2] = {0, 0};
  for (int i = 0; i < info->dlpi_phnum; i++) {
    if (info->dlpi_phdr[i].p_type != PT_DYNAMIC) continue;
    auto *entry = reinterpret_cast<const ElfW(Dyn) *>(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr);
    for (; entry->d_tag != DT_NULL; entry++) {
      const auto value = entry->d_un.d_ptr;  // glibc has made addresses absolute
      if (entry->d_tag == DT_SYMTAB) symbols = reinterpret_cast<const ElfW(Sym) *>(value);
      if (entry->d_tag == DT_STRTAB) names = reinterpret_cast<const char *>(value);
      if (entry->d_tag == DT_JMPREL) tables[0] = reinterpret_cast<const ElfW(Rela) *>(value);
      if (entry->d_tag == DT_PLTRELSZ) bytes[0] = entry->d_un.d_val;
      if (entry->d_tag == DT_RELA) tables[1] = reinterpret_cast<const ElfW(Rela) *>(value);
      if (entry->d_tag == DT_RELASZ) bytes[1] = entry->d_un.d_val;
    }
  }
  if (symbols == nullptr || names == nullptr) return 0;
  const uintptr_t page = sysconf(_SC_PAGESIZE);
  for (int t = 0; t < 2; t++) {
    for (size_t i = 0; tables[t] != nullptr && i < bytes[t] / sizeof(ElfW(Rela)); i++) {
      const ElfW(Rela) &entry = tables[t][i];
      const auto symbol = sizeof(void *) == 8 ? entry.r_info >> 32 : entry.r_info >> 8;
      if (symbol == 0 || strcmp(names + symbols[symbol].st_name, "bind") != 0) continue;
      auto *slot = reinterpret_cast<void **>(info->dlpi_addr + entry.r_offset);
      mprotect(reinterpret_cast<void *>(reinterpret_cast<uintptr_t>(slot) & ~(page - 1)), page, PROT_READ | PROT_WRITE);
      *slot = reinterpret_cast<void *>(BindToListener);
    }
  }
  return 0;
}

static bool ParseAddress(const std::string &text, in6_addr *address) {
  return inet_pton(AF_INET6, text.c_str(), address) == 1 ||
         inet_pton(AF_INET6, ("::ffff:" + text).c_str(), address) == 1;
}

// joinRanks(serverDef: string, address: string, port: number): starts the server of this process
napi_value TFJSBackend::JoinRanks(napi_env env, napi_value server_def, napi_value address, napi_value port) {
  std::string text, listen_at;
  int32_t number;
  if (GetStringParam(env, server_def, text) != napi_ok || GetStringParam(env, address, listen_at) != napi_ok ||
      napi_get_value_int32(env, port, &number) != napi_ok || !ParseAddress(listen_at, &listener.address)) {
    NAPI_THROW_ERROR(env, "joinRanks expects (string, an IP address, number)");
    return nullptr;
  }
  if (ranks_context_ != nullptr) {
    NAPI_THROW_ERROR(env, "joinRanks: this process has joined before");
    return nullptr;
  }
  listener.port = static_cast<uint16_t>(number);
  dl_iterate_phdr(RedirectBind, nullptr);

  TF_AutoStatus status;
  TFE_ContextOptions *options = TFE_NewContextOptions();
  const char no_gpu[] = "\x0a\x07\x0a\x03GPU\x10\x00";  // ConfigProto {device_count {key: "GPU" value: 0}}
  TFE_ContextOptionsSetConfig(options, no_gpu, sizeof(no_gpu) - 1, status.status);
  TFE_Context *context = TFE_NewContext(options, status.status);
  TFE_DeleteContextOptions(options);
  ENSURE_TF_OK_RETVAL(env, status, nullptr);
  TF_Buffer *bytes = TFE_GetServerDef(text.c_str(), status.status);
  ENSURE_TF_OK_RETVAL(env, status, nullptr);
  TFE_EnableCollectiveOps(context, bytes->data, bytes->length, status.status);
  TF_DeleteBuffer(bytes);
  ENSURE_TF_OK_RETVAL(env, status, nullptr);
  if (!listener.is_bound) {
    NAPI_THROW_ERROR(env, "joinRanks: TensorFlow's server could not be kept to the address %s", listen_at.c_str());
    return nullptr;
  }
  ranks_context_ = context;  // never deleted: TensorFlow cannot stop such a server
  // Its threads run on while the process ends, and must not find its globals destroyed
  on_exit([](int status, void *) { _exit(status); }, nullptr);
  return nullptr;
}

// A sum on its way: it runs on a thread of Node's pool.
struct RankSum {
  TFJSBackend *backend;
  TFE_Context *context;
  TFE_TensorHandle *input;
  TF_Tensor *output = nullptr;
  int32_t ranks;
  double seconds;
  std::string error;
  napi_async_work work;
  napi_deferred deferred;

  void Run() {
    TF_AutoStatus status;
    TFE_Op *op = TFE_NewOp(context, "CollectiveReduce", status.status);
    if (TF_GetCode(status.status) == TF_OK) TFE_OpAddInput(op, input, status.status);
    if (TF_GetCode(status.status) == TF_OK) {
      TFE_OpSetAttrType(op, "T", TF_FLOAT);
      TFE_OpSetAttrInt(op, "group_size", ranks);
      TFE_OpSetAttrInt(op, "group_key", 1);
      TFE_OpSetAttrInt(op, "instance_key", TFE_TensorHandleNumElements(input, status.status));  // one key, one shape
      TFE_OpSetAttrString(op, "merge_op", "Add", 3);
      TFE_OpSetAttrString(op, "final_op", "Id", 2);
      const int64_t whole[1] = {0};
      TFE_OpSetAttrIntList(op, "subdiv_offsets", whole, 0);
      TFE_OpSetAttrString(op, "communication_hint", "ring", 4);
      TFE_OpSetAttrFloat(op, "timeout_seconds", static_cast<float>(seconds));
      TFE_TensorHandle *results[1];
      int count = 1;
      TFE_Execute(op, results, &count, status.status);
      if (TF_GetCode(status.status) == TF_OK) {
        output = TFE_TensorHandleResolve(results[0], status.status);
        TFE_DeleteTensorHandle(results[0]);
      }
    }
    if (op != nullptr) TFE_DeleteOp(op);
    if (TF_GetCode(status.status) != TF_OK) error = TF_Message(status.status);
  }
};

// sumOverRanks(tensor: number, ranks: number, seconds: number): Promise<{id, dtype, shape}>
napi_value TFJSBackend::SumOverRanks(napi_env env, napi_value tensor_id, napi_value ranks, napi_value seconds) {
  auto sum = std::make_unique<RankSum>();
  int32_t id;
  if (napi_get_value_int32(env, tensor_id, &id) != napi_ok || tfe_handle_map_.count(id) == 0 ||
      napi_get_value_int32(env, ranks, &sum->ranks) != napi_ok ||
      napi_get_value_double(env, seconds, &sum->seconds) != napi_ok || ranks_context_ == nullptr) {
    NAPI_THROW_ERROR(env, "sumOverRanks expects (a tensor, number, number) after joinRanks");
    return nullptr;
  }
  TF_AutoStatus status;
  TF_AutoTensor tensor(TFE_TensorHandleResolve(tfe_handle_map_[id], status.status));
  ENSURE_TF_OK_RETVAL(env, status, nullptr);
  sum->input = TFE_NewTensorHandle(tensor.tensor, status.status);
  ENSURE_TF_OK_RETVAL(env, status, nullptr);
  sum->backend = this;
  sum->context = ranks_context_;

  napi_value promise, name;
  napi_create_promise(env, &sum->deferred, &promise);
  napi_create_string_utf8(env, "sumOverRanks", NAPI_AUTO_LENGTH, &name);
  napi_create_async_work(
      env, nullptr, name, [](napi_env, void *data) { static_cast<RankSum *>(data)->Run(); },
      [](napi_env env, napi_status, void *data) {
        std::unique_ptr<RankSum> sum(static_cast<RankSum *>(data));
        sum->backend->FinishSum(env, sum.get());
        napi_delete_async_work(env, sum->work);
      },
      sum.get(), &sum->work);
  napi_queue_async_work(env, sum->work);
  sum.release();
  return promise;
}

// Settles the promise of a sum.
void TFJSBackend::FinishSum(napi_env env, RankSum *sum) {
  TFE_DeleteTensorHandle(sum->input);
  TF_AutoStatus status;
  TFE_TensorHandle *handle = nullptr;
  if (sum->output != nullptr) {
    handle = TFE_NewTensorHandle(sum->output, status.status);
    TF_DeleteTensor(sum->output);
  }
  if (handle != nullptr && is_gpu_device) {
    TFE_TensorHandle *copy = TFE_TensorHandleCopyToDevice(handle, tfe_context_, device_name.c_str(), status.status);
    TFE_DeleteTensorHandle(handle);
    handle = copy;
  }
  if (handle != nullptr) {
    napi_resolve_deferred(env, sum->deferred, GenerateOutputTensorInfo(env, handle));
    return;
  }
  if (sum->error.empty()) sum->error = TF_Message(status.status);
  napi_value message, error;
  napi_create_string_utf8(env, sum->error.c_str(), NAPI_AUTO_LENGTH, &message);
  napi_create_error(env, nullptr, message, &error);
  napi_reject_deferred(env, sum->deferred, error);
}

}  // namespace tfnodejs
