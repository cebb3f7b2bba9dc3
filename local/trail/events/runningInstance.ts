import type { JsonObject } from '../json.ts';
import type { Scene } from '../scene.ts';

/** One instance as RunInstances answers it: the largest common thing in a trail, about 3 KB. */
export function runningInstance(scene: Scene, index: number): JsonObject {
  const { random, account, region, from } = scene;
  const privateIpAddress = scene.privateAddress();
  const group = { items: [{ groupId: 'sg-0f1e2d3c4b5a69788', groupName: 'eks-nodes' }] };
  return {
    instanceId: scene.instance(),
    imageId: 'ami-0c55b159cbfafe1f0',
    currentInstanceBootMode: 'uefi',
    instanceState: { code: 0, name: 'pending' },
    privateDnsName: `ip-${privateIpAddress.replaceAll('.', '-')}.ec2.internal`,
    keyName: 'prod-key',
    amiLaunchIndex: index,
    productCodes: {},
    instanceType: 'm6i.2xlarge',
    launchTime: from,
    placement: { availabilityZone: `${region}a`, tenancy: 'default' },
    monitoring: { state: 'disabled' },
    subnetId: 'subnet-0a1b2c3d4e5f60718',
    vpcId: 'vpc-0123456789abcdef0',
    privateIpAddress,
    stateReason: { code: 'pending', message: 'pending' },
    architecture: 'x86_64',
    rootDeviceType: 'ebs',
    rootDeviceName: '/dev/xvda',
    blockDeviceMapping: {},
    virtualizationType: 'hvm',
    hypervisor: 'xen',
    tagSet: {
      items: [
        { key: 'Name', value: 'eks-prod-worker' },
        { key: 'team', value: 'Plattform “Größe” 日本' },
        { key: 'kubernetes.io/cluster/prod', value: 'owned' },
      ],
    },
    clientToken: random.uuid(),
    groupSet: group,
    sourceDestCheck: true,
    networkInterfaceSet: {
      items: [
        {
          networkInterfaceId: `eni-0${random.hex(16)}`,
          subnetId: 'subnet-0a1b2c3d4e5f60718',
          vpcId: 'vpc-0123456789abcdef0',
          ownerId: account.id,
          status: 'in-use',
          macAddress: `${random.hex(2)}:${random.hex(2)}:${random.hex(2)}:0a:1b:2c`,
          privateIpAddress,
          sourceDestCheck: true,
          interfaceType: 'interface',
          groupSet: group,
          attachment: {
            attachmentId: `eni-attach-0${random.hex(16)}`,
            deviceIndex: 0,
            networkCardIndex: 0,
            status: 'attaching',
            attachTime: from,
            deleteOnTermination: true,
          },
          privateIpAddressesSet: { item: [{ privateIpAddress, primary: true }] },
          ipv6AddressesSet: {},
          tagSet: {},
        },
      ],
    },
    ebsOptimized: false,
    enaSupport: true,
    cpuOptions: { coreCount: 4, threadsPerCore: 2 },
    capacityReservationSpecification: { capacityReservationPreference: 'open' },
    enclaveOptions: { enabled: false },
    metadataOptions: {
      state: 'pending',
      httpTokens: random.pick(['required', 'optional']),
      httpPutResponseHopLimit: 2,
      httpEndpoint: 'enabled',
      httpProtocolIpv4: 'enabled',
      httpProtocolIpv6: 'disabled',
      instanceMetadataTags: 'disabled',
    },
    maintenanceOptions: { autoRecovery: 'default' },
    privateDnsNameOptions: {
      hostnameType: 'ip-name',
      enableResourceNameDnsARecord: false,
      enableResourceNameDnsAAAARecord: false,
    },
  };
}
